from saiban.config.cli import main

main()

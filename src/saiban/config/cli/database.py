"""`saiban migrate` and `saiban provision`."""

import click

from saiban.config.cli.setup import django_ready


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if something would have to change.")
def migrate(check: bool) -> None:
    """Bring the database up to date, and lay the foundation: areas, agencies, sources, agreements,
    scorecards.
    """
    django_ready()
    from django.core.management import call_command

    from saiban.config.foundation import lay_all
    from saiban.core import server

    server.require_usable()
    call_command("migrate", interactive=False, check_unapplied=check, verbosity=0 if not check else 1)
    if not check:
        lay_all()
        click.echo("The database is up to date.")


@click.command()
def provision() -> None:
    """Print the SQL that a superuser runs once on a new PostgreSQL server (psql reads it): roles, template,
    database.
    """
    from saiban.core.embedded import provision_sql

    click.echo(provision_sql())

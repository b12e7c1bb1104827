"""Migrate as the owner: the application's role owns nothing."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from saiban.core.routers import migrating


class Command(DjangoMigrate):
    """Django's migrate on the owner's alias, with every query of a migration on that alias too."""

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        with migrating():
            super().handle(*args, **options)

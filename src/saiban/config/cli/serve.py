"""`saiban serve` and `saiban worker`."""

import os
import socket
import subprocess
import sys

import click

from saiban.config.cli.setup import django_ready
from saiban.data.errors import BadInput


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--demo", "of_demo", is_flag=True, help="Serve what `saiban demo` made.")
@click.option(
    "--worker/--no-worker", "with_worker", default=True, show_default=True, help="Run workers beside it."
)
def serve(host: str, port: int, of_demo: bool, with_worker: bool) -> None:
    """Serve the site, with workers as child processes (as many as SAIBAN_WORKERS says)."""
    if of_demo:
        os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.demo"
    django_ready()
    run(host, port, with_worker=with_worker)


def run(host: str, port: int, *, with_worker: bool = True) -> None:
    """Collect the static files, start the workers, and serve until interrupted."""
    from django.conf import settings
    from django.core.management import call_command
    from granian import Granian
    from granian.constants import Interfaces

    from saiban.core import hands, server

    _require_free(host, port)
    server.require_usable()
    server.require_migrated()
    call_command("collectstatic", interactive=False, verbosity=0)
    command = [sys.executable, "-m", "saiban", "worker"]
    count = settings.SAIBAN_WORKERS if with_worker else 0
    children = [subprocess.Popen(command, env=os.environ) for _worker in range(count)]  # noqa: S603
    try:
        click.echo(f"saiban serves http://{host}:{port} (Ctrl+C ends it)")
        Granian(
            "saiban.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=settings.SAIBAN_PROCESSES,
            blocking_threads=settings.SAIBAN_THREADS,
        ).serve()
    finally:
        hands.end(children, patience=30)


def _require_free(host: str, port: int) -> None:
    """Ask before anything starts: the server itself would end without a word. Raises: BadInput."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            asked.bind(address)
    except OSError as error:
        raise BadInput(
            f"cannot serve there: {error.strerror}",
            place=f"{host}:{port}",
            expected="an address of this machine and a free port, given by --host and --port",
        ) from error


@click.command()
@click.option("--again", is_flag=True, help="Try once more what was given up.")
@click.option("--once", is_flag=True, help="Do what is due, then end.")
@click.option("--announcements", is_flag=True, help="Only tell announcements, beside another worker.")
def worker(once: bool, again: bool, announcements: bool) -> None:
    """Do the work behind the pages: imports, announcements, the audit's chain, periodic tasks."""
    django_ready()
    from saiban.core import outbox, server
    from saiban.core import worker as core_worker

    server.require_usable()
    server.require_migrated()

    if again:
        click.echo(f"{outbox.try_again()} announcements that were given up are tried again.")
    if once:
        click.echo(f"{core_worker.work_once()} pieces of work done.")
    elif announcements:
        parent = os.getppid()  # one that is killed leaves nobody behind
        core_worker.work(core_worker.tell_once, rest=0.1, until=lambda: os.getppid() != parent)
    else:
        core_worker.work()

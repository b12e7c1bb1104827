"""What `saiban doctor` says of the server's settings: each in a row, now and recommended, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saiban.core.sizing import Advice, Site

FACTOR = {"B": 1, "kB": 2**10, "8kB": 2**13, "MB": 2**20, "GB": 2**30, "ms": 0.001, "s": 1, "min": 60}
LOOK = "select name, setting, coalesce(unit, ''), vartype from pg_settings where name = any(%s)"
# what a question over all months has to lock: the months' tables and their indexes
PARTITIONS = "select count(*) from pg_class where relispartition"
HERE = ("", "localhost", "127.0.0.1", "::1")
ENOUGH = 10_000  # households from which on those that are there say what one takes
NO_MEMORY = (
    "the server is another machine: tell how much memory it has (--memory 64 for 64 GB), and this says more"
)


@dataclass(frozen=True)
class Row:
    """One setting: ``mark`` is ok, BAD (data may be lost) or TUNE (could be better)."""

    mark: str
    setting: str
    now: str
    wanted: str
    why: str

    def __str__(self) -> str:
        return f"{self.mark:4} {self.setting:26} {self.now:>9}  {self.wanted:>11}  {self.why}"


def settings_said(households: int | None, memory_gb: float | None) -> Iterator[tuple[bool, str]]:
    """Yield (sound, line) of the settings, for so many households, else for those that are there."""
    from saiban.core import sizing

    site = site_of(households, memory_gb)
    known = (
        f"{sizing.shown(site.memory // sizing.MB * sizing.MB, 'B')} of memory" if site.memory else NO_MEMORY
    )
    yield (
        True,
        f"ok   size: {site.households:,} households take about {site.bytes_ / sizing.GB:,.1f} GB; {known}",
    )
    yield True, f"     {'setting':26} {'now':>9}  {'recommended':>11}  why"
    for row in rows(site, now_of([one.setting for one in sizing.advice(site)])):
        yield row.mark != "BAD", str(row)


def rows(site: Site, now: dict[str, float | str]) -> Iterator[Row]:
    """Compare what is recommended for a site with what is; settings that the server has not are left out."""
    from django.conf import settings

    from saiban.core import sizing

    for one in sizing.advice(site):
        if one.setting in now:
            value = now[one.setting]
            wanted = sizing.shown(one.wanted, one.unit)
            mark = _mark(one, value, may_lose=settings.SAIBAN_LOSES_DATA)
            yield Row(mark, one.setting, sizing.shown(value, one.unit), wanted, one.why)


def _mark(one: Advice, value: float | str, *, may_lose: bool) -> str:
    if one.fits(value):
        return "ok"
    return "BAD" if one.must and not may_lose else "TUNE"


def now_of(names: list[str]) -> dict[str, float | str]:
    """Ask the server for its settings: sizes in bytes, times in seconds, words as they are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(LOOK, [names])
        return {name: _value(*rest) for name, *rest in cursor.fetchall()}


def _value(setting: str, unit: str, kind: str) -> float | str:
    return float(setting) * FACTOR.get(unit, 1) if kind in ("integer", "real") else setting


def site_of(households: int | None, memory_gb: float | None) -> Site:
    """Measure this installation; what is given by the operator counts instead."""
    from django.conf import settings
    from django.db import connection

    from saiban.core import sizing
    from saiban.registry.models import Household

    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database()), (" + PARTITIONS + ")")
        size, partitions = cursor.fetchone()
    there = Household.objects.count()
    each = size / there if there >= ENOUGH else sizing.BYTES_PER_HOUSEHOLD
    here = is_here(connection.settings_dict)
    per_process = settings.SAIBAN_POOL[1] if settings.SAIBAN_POOL else settings.SAIBAN_THREADS
    return sizing.Site(
        households=there if households is None else households,
        bytes_=size if households is None else int(households * each),
        memory=_memory(memory_gb, here=here),
        alone=not here,
        connections=settings.SAIBAN_PROCESSES * per_process + sizing.WORKERS,
        partitions=partitions,
    )


def is_here(alias: dict[str, Any]) -> bool:
    """Say whether the server of these settings is on this machine: by a socket, or by its own address."""
    host = str(alias.get("HOST") or "")
    return host.startswith("/") or host in HERE


def _memory(memory_gb: float | None, *, here: bool) -> int | None:
    from saiban.core import sizing

    if memory_gb is not None:
        return int(memory_gb * sizing.GB)
    return sizing.memory_here() if here else None

"""Settings of PostgreSQL by the memory of its machine and the size of the registry: which, and why.

Sizes are in bytes, times in seconds. `saiban doctor` compares a server with ``advice``; the embedded server
starts with ``embedded``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KB, MB, GB = 2**10, 2**20, 2**30
UNITS = ((GB, "GB"), (MB, "MB"), (KB, "kB"))
# one household with its persons, observations, profile, scores and keys of names: what it took in a database
# of 2,000, that of a demo (two scorecards, ten lists, two feeds)
BYTES_PER_HOUSEHOLD = 45 * KB
TEMPORARY = 64 * MB  # what a chunk of an import works on, about
WORKERS = 4  # connections of the worker: its own, its lock, the progress it shows, an import by command
SPARE = 10  # superuser, backups, `saiban doctor`, analysts
LIMITS_OF_CONTAINERS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
SHARED = Path("/dev/shm")  # noqa: S108  # not a file of ours: where parallel queries meet


@dataclass(frozen=True)
class Site:
    """What recommendations follow from."""

    households: int
    bytes_: int  # what the database takes with so many households
    memory: int | None  # of the machine the server runs on; None where nobody said
    alone: bool  # the server has that machine to itself: no web, no worker, no DuckDB beside it
    connections: int  # that web, worker and commands may open at once
    partitions: int  # tables and indexes that one statement may have to lock


@dataclass(frozen=True)
class Advice:
    """One setting: what it should be, between which bounds it may be, and why.

    ``must``: otherwise data may be lost.
    """

    setting: str
    wanted: float | str
    why: str
    least: float | None = None
    most: float | None = None
    unit: str = ""  # "B" for bytes, "s" for seconds
    must: bool = False

    def fits(self, now: float | str) -> bool:
        """Say whether a value is within the bounds; of words, whether it is the one that is wanted."""
        if isinstance(now, str) or isinstance(self.wanted, str):
            return (now != "off") if self.wanted == "on" else (now == self.wanted)
        return (self.least is None or now >= self.least) and (self.most is None or now <= self.most)


def advice(site: Site) -> Iterator[Advice]:
    """Yield what is recommended for a site; nothing about memory where the machine's is not known."""
    yield Advice("fsync", "on", "without it a power failure destroys the database", must=True)
    yield Advice("full_page_writes", "on", "without it a power failure destroys pages", must=True)
    yield Advice(
        "synchronous_commit", "on", "without it a power failure undoes what people were told is done"
    )
    yield Advice("autovacuum", "on", "without it tables grow and plans grow old")
    if site.memory is not None:
        yield from _of_memory(site, site.memory)
        yield from _of_sorting(site, site.memory)
    yield from _of_writing(site)
    yield Advice(
        "random_page_cost", 1.1, "for solid disks, so that indexes are used; 4 on turning ones", most=2
    )
    yield Advice("jit", "off", "pages are short questions: compiling them costs more than it saves")
    locks = max(64, up(site.partitions))
    yield Advice(
        "max_locks_per_transaction",
        locks,
        f"a question over all months locks up to {site.partitions:,} tables and indexes",
        least=min(locks, max(64, site.partitions)),
    )
    places = site.connections + SPARE
    yield Advice(
        "max_connections",
        max(100, places),
        f"web, worker and commands open up to {site.connections}, and {SPARE} stay for others",
        least=places,
        most=max(500, 2 * places),
    )


def _of_memory(site: Site, memory: int) -> Iterator[Advice]:
    buffers = _buffers(memory, site.bytes_, most=16 * GB)
    yield Advice(
        "shared_buffers",
        buffers,
        "keeps what is read again and again: a quarter of the memory, as far as the registry fills it",
        least=buffers * 0.8,
        most=max(buffers, memory * 0.4),
        unit="B",
    )
    cache = _cache(memory, alone=site.alone)
    beside = "" if site.alone else ", with web and worker beside it"
    yield Advice(
        "effective_cache_size",
        cache,
        f"tells the planner how much it may count on{beside}",
        least=cache * 0.6,
        most=memory * 0.9,
        unit="B",
    )


def _of_sorting(site: Site, memory: int) -> Iterator[Advice]:
    work = _work(memory, site.connections)
    yield Advice(
        "work_mem",
        work,
        f"for each sort or hash; {site.connections} connections may want it several times over",
        least=work / 2,
        most=work * 4,
        unit="B",
    )
    yield Advice(
        "temp_buffers",
        TEMPORARY,
        "an import keeps what it works on in temporary tables; only a connection that does takes it",
        least=TEMPORARY / 2,
        most=max(TEMPORARY, memory / 64),
        unit="B",
    )
    upkeep = _upkeep(memory)
    yield Advice(
        "maintenance_work_mem",
        upkeep,
        "for vacuum, and for indexes made at migrations",
        least=upkeep / 2,
        most=memory / 8,
        unit="B",
    )


def _of_writing(site: Site) -> Iterator[Advice]:
    wal = _wal(site.households)
    yield Advice(
        "max_wal_size",
        wal,
        "lets an import write on between two checkpoints; it takes that much disk, and a restart after a "
        "crash takes longer",
        least=wal,
        unit="B",
    )
    yield Advice(
        "checkpoint_timeout",
        900,
        "fewer checkpoints write fewer whole pages to the log",
        least=600,
        most=3600,
        unit="s",
    )
    yield Advice("wal_compression", "on", "whole pages take less of the log")


def embedded(memory: int, free: int, *, shared: int | None = None) -> dict[str, str]:
    """Give the settings that the embedded server starts with, beside web and worker on one machine.

    ``free``: bytes free on the disk of its folder. ``shared``: bytes of /dev/shm, where parallel queries
    meet; containers often have 64 MB.
    """
    shared = _shared() if shared is None else shared
    settings = {
        "shared_buffers": shown(_buffers(memory, 2 * GB, most=2 * GB), "B"),
        "effective_cache_size": shown(_cache(memory, alone=False), "B"),
        "work_mem": shown(_work(memory, 20), "B"),
        "temp_buffers": shown(TEMPORARY, "B"),
        "maintenance_work_mem": shown(_upkeep(memory), "B"),
        "max_wal_size": shown(down(max(1 * GB, min(16 * GB, free // 10))), "B"),
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        # a table that is being filled is gone through when it has about doubled, not at every fifth more
        "autovacuum_vacuum_insert_scale_factor": "1",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_locks_per_transaction": "512",
    }
    return {name: value.replace(" ", "") for name, value in settings.items()} | (
        {"dynamic_shared_memory_type": "mmap"} if shared < GB else {}
    )


def memory_here() -> int:
    """Return the bytes of memory of this machine, or of the container in which this runs."""
    import psutil

    total = int(psutil.virtual_memory().total)
    for path in LIMITS_OF_CONTAINERS:
        try:
            total = min(total, int(Path(path).read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return total


def _shared() -> int:
    return shutil.disk_usage(SHARED).total if SHARED.is_dir() else 0


def shown(value: float | str, unit: str = "") -> str:
    """Write a value for people, and for PostgreSQL once its blanks are gone: 4 GB, 15 min, 1.1, on."""
    if isinstance(value, str):
        return value
    if unit == "s":
        return f"{value / 60:g} min" if value and value % 60 == 0 else f"{value:g} s"
    if unit == "B":
        size, name = next((pair for pair in UNITS if value % pair[0] == 0), (1, "B"))
        return f"{value / size:.0f} {name}"
    return f"{value:g}"


def down(number: float) -> int:
    """Round down to a power of two."""
    return 1 << max(0, int(number).bit_length() - 1)


def up(number: int) -> int:
    """Round up to a power of two."""
    return 1 << max(0, (number - 1).bit_length())


def _buffers(memory: int, held: int, *, most: int) -> int:
    return max(128 * MB, down(min(memory / 4, most, max(128 * MB, up(held)))))


def _cache(memory: int, *, alone: bool) -> int:
    unit = GB if memory >= 8 * GB else 128 * MB
    return memory * (3 if alone else 2) // 4 // unit * unit


def _work(memory: int, connections: int) -> int:
    return max(16 * MB, min(128 * MB, down(memory / 16 / max(connections, 1))))


def _upkeep(memory: int) -> int:
    return max(64 * MB, min(2 * GB, down(memory / 16)))


def _wal(households: int) -> int:
    return next(
        size for least, size in ((10**7, 32 * GB), (10**6, 16 * GB), (0, 4 * GB)) if households >= least
    )

"""Recommended settings of the server: bounds that hold for every machine, and what the doctor prints."""

import re
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from saiban.config.cli import doctor_settings
from saiban.core import embedded, sizing
from saiban.core.sizing import GB, KB, MB, Site
from saiban.data.errors import BadInput

SMALL = Site(20_000, GB, 8 * GB, alone=False, connections=8, partitions=90)
LARGE = Site(20_000_000, 600 * GB, 64 * GB, alone=True, connections=20, partitions=600)
sites = st.builds(
    Site,
    households=st.integers(0, 50_000_000),
    bytes_=st.integers(0, 5_000 * GB),
    memory=st.integers(GB, 2_000 * GB),
    alone=st.booleans(),
    connections=st.integers(5, 400),
    partitions=st.integers(0, 5_000),
)


def wanted(site):
    return {one.setting: one.wanted for one in sizing.advice(site)}


@given(sites)
def test_what_is_recommended_passes_its_own_bounds_and_fits_into_the_memory(site):
    for one in sizing.advice(site):
        assert one.fits(one.wanted), one
    said = wanted(site)
    assert 128 * MB <= said["shared_buffers"] <= max(128 * MB, site.memory / 4)
    assert said["effective_cache_size"] <= site.memory * 0.75
    assert said["maintenance_work_mem"] <= max(64 * MB, site.memory / 16)
    assert said["work_mem"] == 16 * MB or said["work_mem"] * site.connections <= site.memory / 16
    assert said["max_locks_per_transaction"] >= max(64, site.partitions)
    assert said["max_connections"] > site.connections


@given(sites, st.integers(1, 10))
def test_a_larger_registry_never_gets_less(site, times):
    more = Site(site.households * times, site.bytes_ * times, *list(vars(site).values())[2:])
    for name in ("shared_buffers", "max_wal_size", "effective_cache_size"):
        assert wanted(more)[name] >= wanted(site)[name]


def test_two_sites_known_by_hand():
    small, large = wanted(SMALL), wanted(LARGE)
    assert (small["shared_buffers"], large["shared_buffers"]) == (GB, 16 * GB)
    assert (small["effective_cache_size"], large["effective_cache_size"]) == (4 * GB, 48 * GB)
    assert (small["max_wal_size"], large["max_wal_size"]) == (4 * GB, 32 * GB)
    assert (small["max_locks_per_transaction"], large["max_locks_per_transaction"]) == (128, 1024)


def test_where_the_memory_is_not_known_nothing_is_said_of_it():
    unknown = Site(20_000, GB, None, alone=True, connections=8, partitions=90)
    assert set(wanted(SMALL)) - set(wanted(unknown)) == {
        "shared_buffers",
        "effective_cache_size",
        "work_mem",
        "temp_buffers",
        "maintenance_work_mem",
    }


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (4 * GB, "B", "4 GB"),
        (1536 * MB, "B", "1536 MB"),
        (64 * KB, "B", "64 kB"),
        (900, "s", "15 min"),
        (90, "s", "90 s"),
        (1.1, "", "1.1"),
        (512, "", "512"),
        ("on", "", "on"),
    ],
)
def test_values_are_written_as_people_write_them(value, unit, words):
    assert sizing.shown(value, unit) == words


@given(st.integers(GB // 2, 1_000 * GB), st.integers(0, 10_000 * GB))
def test_the_embedded_server_takes_a_part_of_the_machine_and_of_the_disk(memory, free):
    settings = sizing.embedded(memory, free, shared=2 * GB)
    size = {name: read(value) for name, value in settings.items() if value[-1] == "B"}
    assert size["shared_buffers"] <= max(128 * MB, min(memory / 4, 2 * GB))
    assert size["max_wal_size"] <= max(GB, free / 10)
    assert "dynamic_shared_memory_type" not in settings


def read(value):
    number, unit = re.fullmatch(r"(\d+)(kB|MB|GB)", value).groups()
    return int(number) * {"kB": KB, "MB": MB, "GB": GB}[unit]


def test_a_container_with_little_shared_memory_lets_parallel_queries_meet_in_files():
    assert sizing.embedded(8 * GB, 100 * GB, shared=64 * MB)["dynamic_shared_memory_type"] == "mmap"


def test_the_limit_of_a_container_counts(monkeypatch, tmp_path):
    whole = sizing.memory_here()
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "limit").write_text(f"{whole // 2}\n")
    monkeypatch.setattr(sizing, "LIMITS_OF_CONTAINERS", (tmp_path / "memory.max", tmp_path / "limit"))
    assert sizing.memory_here() == whole // 2


def marks(site, **changed):
    ideal = wanted(site) | changed
    return {row.setting: row.mark for row in doctor_settings.rows(site, ideal)}


def test_what_is_as_recommended_is_ok_and_what_is_not_could_be_better():
    assert set(marks(LARGE).values()) == {"ok"}
    off = marks(LARGE, shared_buffers=128 * MB, max_wal_size=GB, jit="on", max_connections=25)
    assert {name for name, mark in off.items() if mark == "TUNE"} == {
        "shared_buffers",
        "max_wal_size",
        "jit",
        "max_connections",
    }
    assert marks(LARGE, shared_buffers=50 * GB)["shared_buffers"] == "TUNE", "too much of the memory"
    assert marks(LARGE, wal_compression="lz4")["wal_compression"] == "ok"


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_may_lose_data_is_an_error_outside_of_tests(name, settings):
    assert marks(SMALL, **{name: "off"})[name] == "TUNE"
    settings.SAIBAN_LOSES_DATA = False
    assert marks(SMALL, **{name: "off"})[name] == "BAD"
    assert marks(SMALL, synchronous_commit="off")["synchronous_commit"] == "TUNE"


@pytest.mark.django_db
def test_every_setting_is_one_that_the_server_knows_with_its_value_in_bytes_and_seconds():
    asked = sorted(wanted(SMALL))
    now = doctor_settings.now_of(asked)
    assert sorted(now) == asked
    with connection.cursor() as cursor:
        cursor.execute("select pg_size_bytes(current_setting('shared_buffers'))")
        assert now["shared_buffers"] == cursor.fetchone()[0]
        cursor.execute("select extract(epoch from current_setting('checkpoint_timeout')::interval)")
        assert now["checkpoint_timeout"] == cursor.fetchone()[0]


@pytest.mark.django_db
def test_this_installation_is_measured_and_the_operator_may_say_otherwise(settings):
    settings.SAIBAN_PROCESSES, settings.SAIBAN_POOL = 3, (1, 7)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_partition_tree('intake_observation') where isleaf")
        months = cursor.fetchone()[0]
    here = doctor_settings.site_of(None, None)
    assert (here.households, here.alone, here.memory) == (0, False, sizing.memory_here())
    assert here.connections == 3 * 7 + sizing.WORKERS
    assert here.partitions >= months
    there = doctor_settings.site_of(1_000_000, 16)
    assert (there.households, there.memory) == (1_000_000, 16 * GB)
    assert there.bytes_ == 1_000_000 * sizing.BYTES_PER_HOUSEHOLD


def test_a_server_is_here_by_its_socket_or_its_own_address():
    assert all(doctor_settings.is_here({"HOST": host}) for host in ("", "/run/postgresql", "127.0.0.1"))
    assert not doctor_settings.is_here({"HOST": "db.example"})


def test_the_operators_own_settings_of_the_embedded_server(monkeypatch):
    monkeypatch.setenv("SAIBAN_EMBEDDED", "shared_buffers=4GB, jit = on,")
    assert embedded.own_settings() == {"shared_buffers": "4GB", "jit": "on"}
    for wrong in ("shared_buffers", "jit=on' include 'x", "=4GB"):
        monkeypatch.setenv("SAIBAN_EMBEDDED", wrong)
        with pytest.raises(BadInput, match="SAIBAN_EMBEDDED"):
            embedded.own_settings()


GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "administrator.md"
GUIDED = [(100_000, 8, 8), (1_000_000, 16, 12), (5_000_000, 32, 20), (20_000_000, 64, 20)]


def test_the_table_of_the_guide_says_what_the_doctor_would():
    sites = [
        Site(many, many * sizing.BYTES_PER_HOUSEHOLD, memory * GB, True, connections, 0)
        for many, memory, connections in GUIDED
    ]
    cells = (line.strip("| ").split(" | ") for line in GUIDE.read_text().splitlines())
    table = {name.strip("`"): row for name, *row in cells if len(row) == 4}
    assert table["households"] == [f"{site.households:,}" for site in sites]
    assert table["memory"] == [f"{memory} GB" for _, memory, _ in GUIDED]
    assert table["database, about"] == [f"{site.bytes_ / GB:.0f} GB" for site in sites]
    said = [
        {one.setting: sizing.shown(one.wanted, one.unit) for one in sizing.advice(site)} for site in sites
    ]
    for name in (
        "shared_buffers",
        "effective_cache_size",
        "work_mem",
        "maintenance_work_mem",
        "max_wal_size",
    ):
        assert table[name] == [one[name] for one in said]

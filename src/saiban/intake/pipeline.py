"""The first half of the way of a file: read → check → parts, with its progress; called by ``check_batch``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db.utils import DatabaseError
from django.utils import timezone

from saiban.core.models import Area
from saiban.core.progress import Meter
from saiban.intake.mapping import mapping_of
from saiban.intake.models import Batch, Source
from saiban.intake.parts import Written
from saiban.intake.reasons import FileRefused
from saiban.intake.room import NoRoom, is_no_room
from saiban.partners.models import Agreement
from saiban.partners.queries import agreement_in_force, passing_fields

MEMORY = "2GB"


class LoadFailed(RuntimeError):
    """Loading broke off; the words of the database are left out, for they may quote what people said."""


def ask_agreement(source: Source) -> Agreement:
    """Return the agreement by which a source's files pass today. Raises: FileRefused naming the field that
    does not.
    """
    today = timezone.localdate()
    agreement = agreement_in_force(source=source.code, on=today)
    if not source.on:
        raise FileRefused("source_off", source.code)
    if agreement is None:
        raise FileRefused("no_agreement", source.code)
    mapping = mapping_of(source.code)
    agreed = passing_fields(source=source.code, purpose=mapping.purpose, on=today)
    for code in sorted(mapping.field_codes - agreed):
        raise FileRefused("not_agreed", source.code, field=code)
    return agreement


def check(batch: Batch, *, meter: Meter, folder: Path) -> list[Written]:
    """Check a batch's file, fill in what was found, keep its faulty rows and write its parts under a folder.

    The caller saves the batch and its parts. Raises: FileRefused, LoadFailed.
    """
    from saiban.calc import engine

    agreement = ask_agreement(batch.source)
    work = folder / f"work-{batch.pk}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    duck = engine.connect(memory=MEMORY, spill=work)
    duck.execute("SET preserve_insertion_order = true")  # rows keep their numbers
    # it makes a join of each of many short lists of words: half a second for a file of two rows, and no gain
    duck.execute("SET disabled_optimizers = 'in_clause'")
    try:
        with quietly(batch):
            return _check(duck, batch, agreement, meter, work)
    finally:
        duck.close()
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def quietly(batch: Batch) -> Iterator[None]:
    """Say of what breaks off in the block only its kind. Raises: LoadFailed, NoRoom."""
    import duckdb

    try:
        yield
    except (duckdb.Error, psycopg.Error, DatabaseError, OSError) as error:
        if is_no_room(error):
            raise NoRoom from None
        raise LoadFailed(f"{type(error).__name__} while loading batch {batch.pk}") from None


def _check(duck, batch: Batch, agreement: Agreement, meter: Meter, work: Path) -> list[Written]:  # type: ignore[no-untyped-def]
    from saiban.intake import checking, contents, lists, parts, reading, rejecting, speaking

    mapping = mapping_of(batch.source.code)
    meter.step("read")
    read = reading.read(duck, Path(batch.path), batch.file_name, mapping, folder=work)
    batch.rows = read.rows
    content = contents.new_content(duck, mapping, batch)
    meter.step("check", total=batch.rows)
    checked = checking.check(
        duck,
        mapping,
        file_name=batch.file_name,
        areas=_areas(agreement),
        agreed_area=agreement.area.code,
        today=timezone.localdate(),
        scheme=batch.scheme,
    )
    rejecting.keep_rejected(duck, mapping, batch_id=batch.pk)
    speaking.speak(duck, mapping, households=settings.SAIBAN_PART_HOUSEHOLDS)
    parts.leave_out_loaded(duck, batch_id=batch.pk)
    batch.rejected_rows = checked.rejected
    only = f"{mapping.only.column} = {mapping.only.value}" if mapping.only else ""
    batch.outcome |= {"check": {"left_out": checked.left_out, "only": only}, "content": content}
    batch.notes = [*read.notes, *checked.notes]
    if mapping.is_list:
        batch.outcome["filled"] = lists.filled(duck, mapping)
    meter.step("divide", total=batch.rows)
    return parts.write(duck, work.parent, batch_id=batch.pk)


def _areas(agreement: Agreement):  # type: ignore[no-untyped-def]
    from saiban.intake.checking import AreaRow

    agreed = agreement.area.path
    rows = Area.objects.valid_on(timezone.localdate()).values_list("code", "level", "path")
    return [AreaRow(code, level, path, f"{path}.".startswith(f"{agreed}.")) for code, level, path in rows]

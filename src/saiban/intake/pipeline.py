"""The way of a file: read → check → seal → load, with its progress; called by ``load_batch`` only."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

from django.db.utils import DatabaseError
from django.utils import timezone

from saiban.core.models import Actor, Area
from saiban.core.progress import Meter
from saiban.intake.mapping import Mapping, mapping_of
from saiban.intake.models import Batch, Source
from saiban.intake.reasons import FileRefused
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


def run(batch: Batch, *, actor: Actor, meter: Meter, folder: Path) -> None:
    """Load a batch's file and fill in its counts; the caller saves. Raises: FileRefused, LoadFailed."""
    import duckdb

    from saiban.calc import engine

    agreement = ask_agreement(batch.source)
    work = folder / f"work-{batch.pk}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    duck = engine.connect(memory=MEMORY, spill=work)
    duck.execute("SET preserve_insertion_order = true")  # rows keep their numbers
    try:
        _run(duck, batch, agreement, actor, meter, work)
    except (duckdb.Error, DatabaseError) as error:
        raise LoadFailed(f"{type(error).__name__} while loading batch {batch.pk}") from None
    finally:
        duck.close()
        shutil.rmtree(work, ignore_errors=True)


def _run(duck, batch: Batch, agreement: Agreement, actor: Actor, meter: Meter, work: Path) -> None:  # type: ignore[no-untyped-def]
    from saiban.intake import checking, lists, loading, reading, rejecting, speaking

    mapping = mapping_of(batch.source.code)
    meter.step("read")
    batch.rows = reading.read(duck, Path(batch.path), batch.file_name, mapping, folder=work)
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
    speaking.speak(duck, mapping)
    loaded = loading.load(duck, source_id=batch.source_id, batch_id=batch.pk, actor_id=actor.pk, meter=meter)
    _fill_in(batch, mapping, checked, loaded)
    if mapping.is_list:
        batch.outcome["filled"] = lists.filled(duck, mapping)


def _fill_in(batch: Batch, mapping: Mapping, checked, loaded) -> None:  # type: ignore[no-untyped-def]
    batch.rejected_rows = checked.rejected
    batch.subjects = loaded.subjects
    batch.observations = loaded.observations
    batch.observed_from, batch.observed_until = loaded.observed_from, loaded.observed_until
    counts = asdict(loaded)
    kept = {name: counts[name] for name in ("households", "persons", "meters", "new_subjects")}
    only = f"{mapping.only.column} = {mapping.only.value}" if mapping.only else ""
    batch.outcome = {"check": {"left_out": checked.left_out, "only": only}, "load": kept}


def _areas(agreement: Agreement):  # type: ignore[no-untyped-def]
    from saiban.intake.checking import AreaRow

    agreed = agreement.area.path
    rows = Area.objects.valid_on(timezone.localdate()).values_list("code", "level", "path")
    return [AreaRow(code, level, path, f"{path}.".startswith(f"{agreed}.")) for code, level, path in rows]

"""What comes back by the clock: the one table. A missed run is caught up by one run."""

from collections.abc import Sequence
from datetime import timedelta

from saiban.core import chain, foundation, housekeeping
from saiban.core.lake import services as lake
from saiban.core.periodic import Periodic
from saiban.desk import tasks as desk
from saiban.programmes import tasks as programmes
from saiban.registry import naming
from saiban.registry import tasks as registry


def _checkpoint() -> None:
    chain.checkpoint()


def _write_lake() -> None:
    lake.write_noted(actor=foundation.system_actor())


def _sweep_lake() -> None:
    lake.sweep(actor=foundation.system_actor())


PERIODIC: Sequence[Periodic] = [
    Periodic("core.chain.checkpoint", timedelta(hours=1), _checkpoint),
    Periodic("core.housekeeping", timedelta(days=1), housekeeping.clear),
    Periodic("core.lake.sweep", timedelta(days=1), _sweep_lake),
    Periodic("core.lake.write", timedelta(minutes=5), _write_lake),
    Periodic("desk.area.count", timedelta(minutes=5), desk.count_areas),
    Periodic("registry.correction.expire", timedelta(minutes=10), registry.expire_corrections),
    Periodic("registry.profile.age", timedelta(days=1), registry.look_for_aged),
    Periodic("registry.knowledge.count", timedelta(days=1), registry.count_all_knowledge),
    Periodic("registry.names.fill", timedelta(minutes=5), naming.fill_for_a_while),
    Periodic("programmes.overlap.find", timedelta(days=1), programmes.find_all_overlaps),
]

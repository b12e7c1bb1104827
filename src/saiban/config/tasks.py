"""What comes back by the clock: the one table. A missed run is caught up by one run."""

from collections.abc import Sequence
from datetime import timedelta

from saiban.core import chain, housekeeping
from saiban.core.periodic import Periodic
from saiban.programmes import tasks as programmes
from saiban.registry import naming
from saiban.registry import tasks as registry


def _checkpoint() -> None:
    chain.checkpoint()


PERIODIC: Sequence[Periodic] = [
    Periodic("core.chain.checkpoint", timedelta(hours=1), _checkpoint),
    Periodic("core.housekeeping", timedelta(days=1), housekeeping.clear),
    Periodic("registry.knowledge.count", timedelta(days=1), registry.count_all_knowledge),
    Periodic("registry.names.fill", timedelta(minutes=5), naming.fill_for_a_while),
    Periodic("programmes.overlap.find", timedelta(days=1), programmes.find_all_overlaps),
]

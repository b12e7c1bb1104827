"""What stands against erasing a person or a household: the one table."""

from collections.abc import Sequence

from saiban.programmes import erasing as programmes
from saiban.registry.erasure.holds import Hold

HOLDS: Sequence[Hold] = (*programmes.HOLDS,)

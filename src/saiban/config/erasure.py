"""What stands against erasing a person or a household: the one table. A hold takes ids of households and of
persons and says in words what it is, nothing where they may go.
"""

from collections.abc import Sequence

from saiban.programmes import erasing as programmes
from saiban.registry.erasure.holds import Hold

HOLDS: Sequence[Hold] = (programmes.open_places, programmes.open_overlaps)

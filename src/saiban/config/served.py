"""Which households are given something, so that much hangs on their answers: the one table.

Each entry is a condition in SQL on the row of a household's profile, ``p``, and the day, ``%(today)s``.
"""

from collections.abc import Sequence

from saiban.programmes.queries.unserved import SERVED as IN_A_SCHEME

SERVED: Sequence[str] = (IN_A_SCHEME,)

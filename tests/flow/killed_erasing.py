"""A process that carries an erasure out and kills itself at its n-th statement.

``python -m tests.flow.killed_erasing DATABASE ERASURE STATEMENT``; 0 never. Ends with 0 where it is done, and
prints how many statements it took.
"""

from __future__ import annotations

import sys

from tests.flow.killed import killed_at


def main(database: str, erasure_id: int, statement: int) -> None:
    """Work on the test's database until it is done, or until killed."""
    with killed_at(database, statement) as asked:
        from saiban.core.foundation import system_actor
        from saiban.registry.erasure.services import carry_out

        carry_out(actor=system_actor(), erasure_id=erasure_id)
        sys.stdout.write(f"{asked()}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

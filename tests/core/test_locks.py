"""No two things share an advisory lock."""

import re
from pathlib import Path

import saiban
from saiban.core import locks

SOURCE = Path(saiban.__file__).parent


def test_every_lock_has_a_number_of_its_own():
    numbers = [value for name, value in vars(locks).items() if name.isupper()]
    assert len(numbers) == len(set(numbers)) >= 11


def test_locks_are_numbered_in_one_place():
    strays = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"\b7_?240_?0\d\d\b", path.read_text(encoding="utf-8")) and path.name != "locks.py"
    ]
    assert strays == ["intake/migrations/0002_protect.py"]

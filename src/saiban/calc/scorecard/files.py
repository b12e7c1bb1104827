"""Scorecards from files: those shipped with the project, and anyone's own."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from saiban.calc import yamlfile
from saiban.calc.scorecard.model import Scorecard
from saiban.data.errors import BadInput

SHIPPED = files("saiban.data") / "scorecards"


def parse_scorecard(text: str, *, place: str = "scorecard") -> Scorecard:
    """Read a scorecard from YAML text. Raises: BadInput naming place, line, and what was expected."""
    return yamlfile.parse(text, Scorecard, place=place)


def load_scorecard(where: Path | str) -> Scorecard:
    """Read a scorecard from a file, or one of the project's own by its code.

    Raises:  BadInput for a file that is not there, not UTF-8, or not a sound scorecard (with file and line).
    """
    if str(where) in shipped_codes():
        return shipped_scorecard(str(where))
    path = Path(where)
    if not path.is_file():
        known = ", ".join(shipped_codes())
        raise BadInput(
            "there is no such scorecard.", place=str(where), expected=f"a YAML file, or one of: {known}"
        )
    try:
        return parse_scorecard(path.read_text(encoding="utf-8"), place=str(path))
    except UnicodeDecodeError:
        raise BadInput(
            "the file is not text in UTF-8.", place=str(path), expected="a YAML file in UTF-8"
        ) from None


def shipped_codes() -> tuple[str, ...]:
    """Codes of the scorecards that come with the project.

    >>> shipped_codes()
    ('punjab-pmt-2016', 'schreiner-pk-2009')
    """
    return tuple(
        sorted(
            entry.name.removesuffix(".yaml") for entry in SHIPPED.iterdir() if entry.name.endswith(".yaml")
        )
    )


@cache
def shipped_scorecard(code: str) -> Scorecard:
    """One of the project's scorecards by its code. Raises: BadInput for an unknown code."""
    if code not in shipped_codes():
        raise BadInput(
            "there is no such scorecard.", place=code, expected=f"one of: {', '.join(shipped_codes())}"
        )
    return parse_scorecard((SHIPPED / f"{code}.yaml").read_text(encoding="utf-8"), place=f"{code}.yaml")

"""What a service may refuse, each with a stable code and a sentence for the person who asked."""

import traceback
from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from saiban.data.errors import BadInput


class Refused(Exception):
    """A request that was understood and is not carried out; nothing has changed."""

    code = "core.refused"
    status = 409
    sentence: str | Promise = _("This cannot be done.")
    refusal: Any = None  # the act that was refused, for the audit

    def __init__(self, sentence: str | Promise = "") -> None:
        self.sentence = sentence or self.sentence
        super().__init__(str(self.sentence))


class NotVisible(Refused):
    """There is no such thing, or the actor may not see it: the answer is the same."""

    code = "core.not_visible"
    status = 404
    sentence = _(
        "There is no such page, or it lies outside your area. Check the number, or ask the administrator."
    )

    def __init__(self, sentence: str | Promise = "", *, subject: tuple[str, int] | None = None) -> None:
        """Keep what was asked for (kind and id): the audit says it, the page does not."""
        super().__init__(sentence)
        self.subject = subject


class NotAllowed(Refused):
    """The actor's duty does not include this."""

    code = "core.not_allowed"
    status = 403
    sentence = _("Your duty does not include this. If it should, ask the administrator.")


class IllegalMove(Refused):
    """The thing is in a state from which this step does not exist, or another has taken it meanwhile."""

    code = "core.illegal_move"
    sentence = _("This has changed meanwhile, and the step is no longer possible. Reload the page.")


class ReasonMissing(Refused):
    """The step asks for a reason, and none was given."""

    code = "core.reason_missing"
    status = 422
    sentence = _("Give a reason: it is kept with the decision.")


class SecondPersonNeeded(Refused):
    """Who prepared it may not approve it."""

    code = "core.second_person_needed"
    status = 403
    sentence = _("You prepared this yourself; another person has to approve it.")


def told(error: BaseException) -> str:
    """Say an error in words that may be kept: our own sentences in full, of any other its kind and place.

    The text of an unexpected error may quote somebody's name or number, so it is never repeated.
    """
    if isinstance(error, Refused | BadInput):
        return str(error)
    return " ".join([type(error).__name__, *_diagnosis(error), *_place(error)])


def _diagnosis(error: BaseException) -> Iterator[str]:
    """Name what the database objected to: its code and the constraint or table, never the row."""
    diag = getattr(error.__cause__, "diag", None)
    if diag is not None:
        yield from filter(None, (diag.sqlstate, diag.constraint_name or diag.table_name))


def _place(error: BaseException) -> Iterator[str]:
    """Name the last line of ours on the way to the error."""
    frames = list(traceback.walk_tb(error.__traceback__))
    ours = [pair for pair in frames if pair[0].f_globals.get("__name__", "").startswith("saiban.")]
    for frame, line in (ours or frames)[-1:]:
        yield f"in {frame.f_globals.get('__name__', '?')}, line {line}"

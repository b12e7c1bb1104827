"""What a view hands to a page: its head, figures, steps, moments. Plain values, shown by the templates of
this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.functional import Promise

Words = str | Promise
Tone = Literal["", "ok", "note", "warn", "bad"]
MOST_ACTIONS = 3


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere; without a ``url`` just words."""

    label: Words
    url: str = ""


@dataclass(frozen=True)
class Action:
    """What a person can do here: a link, or (``post``) a button that sends a form; ``main`` is filled."""

    label: Words
    url: str
    post: bool = False
    main: bool = False


@dataclass(frozen=True)
class Page:
    """The head of a page: trail, title, one line of identity, at most three actions, the main one last.

    ``identity`` is words or several bits (a code, a count, a place), each of which keeps its own direction.

    Raises: ValueError for a fourth action, or a main action that is not the last.
    """

    title: Words
    identity: Words | Sequence[Words] = ""
    trail: Sequence[Link] = ()
    actions: Sequence[Action] = ()

    def __post_init__(self) -> None:
        """Keep to what a person can take in."""
        if len(self.actions) > MOST_ACTIONS:
            raise ValueError(f"a page has at most {MOST_ACTIONS} actions, got {len(self.actions)}")
        if any(action.main for action in self.actions[:-1]):
            raise ValueError("the main action stands last")

    @property
    def bits(self) -> Sequence[Words]:
        """The bits of the line of identity."""
        return [self.identity] if isinstance(self.identity, Words) else self.identity


@dataclass(frozen=True)
class Banner:
    """What must be known before acting."""

    words: Words
    tone: Tone = "warn"
    title: Words = ""


@dataclass(frozen=True)
class Figure:
    """A key figure: ``amount`` is already formatted; ``why`` says of what and on which date; ``trend``
    its past.
    """

    label: Words
    amount: Words
    why: Words = ""
    url: str = ""
    trend: Sequence[float] = ()
    trend_words: Words = ""


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline."""

    when: date | datetime
    words: Words
    url: str = ""
    more: Words = ""


@dataclass(frozen=True)
class Step:
    """One step of a river: a name, a count, a note under it; ``rejected`` marks what fell out."""

    label: Words
    count: int | None
    note: Words = ""
    url: str = ""
    rejected: bool = False


@dataclass(frozen=True)
class Side:
    """What one source says where sources disagree; ``wins`` marks the value in use."""

    source: Words
    value: Words
    on: date
    wins: bool = False


@dataclass(frozen=True)
class Disagreement:
    """Sources that say different things of one field."""

    field: Words
    sides: Sequence[Side]
    action: Action | None = None
    sentence: Words = ""


@dataclass(frozen=True)
class Stage:
    """One of the things that long work does side by side, and how far it is; ``total`` None: not known."""

    label: Words
    done: int
    total: int | None


@dataclass(frozen=True)
class Job:
    """Long work as a page shows it: ``url`` is a page that holds this block, found there by ``name``.

    ``seconds`` it has run; None where that is not known.
    """

    label: Words
    done: int
    total: int | None
    url: str
    state: Literal["waiting", "running", "done", "failed"] = "running"
    step: Words = ""
    seconds: float | None = None
    error: Words = ""
    result: Link | None = None
    name: str = "job"
    stages: Sequence[Stage] = ()

    @property
    def going(self) -> bool:
        """Whether it has not ended."""
        return self.state in ("waiting", "running")

    @property
    def rate(self) -> float | None:
        """Things done per second so far."""
        return self.done / self.seconds if self.seconds and self.done else None

    @property
    def seconds_left(self) -> int | None:
        """Seconds to go at the present rate.

        >>> Job("", done=50, total=200, url="", seconds=10).seconds_left
        30
        """
        rate = self.rate
        return round((self.total - self.done) / rate) if rate and self.total else None

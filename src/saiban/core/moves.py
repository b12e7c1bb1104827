"""States and the steps between them: one table per model; a step that is not listed does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import models

from saiban.core.errors import IllegalMove, NotAllowed, ReasonMissing, SecondPersonNeeded
from saiban.core.models import Actor


@dataclass(frozen=True)
class Move:
    """A permitted step: who may take it, and what it needs."""

    permission: str
    reason: bool = False
    second_person: bool = False


class Moves:
    """The whole life of a model with a ``state`` field."""

    def __init__(self, states: type[models.TextChoices], table: Mapping[tuple[str, str], Move]) -> None:
        """Keep the table; a state that the choices do not know is a mistake of ours."""
        self.states, self.table = states, dict(table)
        if unknown := {state for pair in table for state in pair} - set(states.values):
            raise ValueError(f"unknown states {sorted(unknown)}")

    def move(
        self, thing: Any, *, to: str, actor: Actor, reason: str = "", prepared_by: int | None = None
    ) -> None:
        """Set ``thing.state``, if the table lists the step and its needs are met; the caller saves the
        locked row.

        Raises: IllegalMove (409), NotAllowed (403), ReasonMissing (422), SecondPersonNeeded (403).
        """
        step = self.table.get((thing.state, to))
        if step is None:
            raise IllegalMove
        if not actor.may(step.permission):
            raise NotAllowed
        if step.reason and not reason.strip():
            raise ReasonMissing
        if step.second_person and prepared_by is None:
            raise ValueError(f"{step.permission} needs a second person, and nobody said who the first was")
        if step.second_person and prepared_by == actor.pk:
            raise SecondPersonNeeded
        thing.state = to

    def from_state(self, state: str) -> dict[str, Move]:
        """Return the steps that lead out of a state."""
        return {target: move for (origin, target), move in self.table.items() if origin == state}

    def unlisted(self) -> list[tuple[str, str]]:
        """Return every pair of states between which no step exists: each must be refused."""
        return [
            (origin, target)
            for origin, target in product(self.states.values, repeat=2)
            if (origin, target) not in self.table
        ]

    def mermaid(self) -> str:
        """Draw the table as a Mermaid state diagram, for the docs."""
        lines = [
            f"    {origin} --> {target}: {move.permission}" for (origin, target), move in self.table.items()
        ]
        return "\n".join(["stateDiagram-v2", *lines])

import pytest
from django.db import models

from saiban.core.errors import IllegalMove, NotAllowed, ReasonMissing, SecondPersonNeeded
from saiban.core.moves import Move, Moves


class Light(models.TextChoices):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"


MOVES = Moves(
    Light,
    {
        ("red", "amber"): Move("core.progress.view"),
        ("amber", "green"): Move("core.progress.view", second_person=True),
        ("green", "red"): Move("core.progress.view", reason=True),
        ("amber", "red"): Move("core.area.load"),
    },
)


class Lamp:
    def __init__(self, state):
        self.state = state


@pytest.mark.parametrize("pair", MOVES.unlisted())
def test_an_unlisted_move_is_refused(pair, clerk):
    lamp = Lamp(pair[0])
    with pytest.raises(IllegalMove):
        MOVES.move(lamp, to=pair[1], actor=clerk, reason="x")
    assert lamp.state == pair[0]


@pytest.mark.parametrize(
    ("start", "to", "extra", "error"),
    [
        ("green", "red", {"reason": "  "}, ReasonMissing),
        ("amber", "red", {}, NotAllowed),
        ("amber", "green", {"by_me": True}, SecondPersonNeeded),
    ],
)
def test_a_move_has_its_needs(start, to, extra, error, clerk):
    lamp = Lamp(start)
    prepared_by = clerk.pk if extra.pop("by_me", False) else None
    with pytest.raises(error):
        MOVES.move(lamp, to=to, actor=clerk, prepared_by=prepared_by, **extra)
    assert lamp.state == start


def test_a_second_person_cannot_be_forgotten(clerk):
    lamp = Lamp("amber")
    with pytest.raises(ValueError, match="second person"):
        MOVES.move(lamp, to="green", actor=clerk)
    assert lamp.state == "amber"


def test_a_listed_move_is_taken(clerk):
    lamp = Lamp("red")
    MOVES.move(lamp, to="amber", actor=clerk)
    assert lamp.state == "amber"


def test_the_diagram_names_every_move():
    assert len(MOVES.mermaid().splitlines()) == 5


def test_a_table_with_an_unknown_state_is_a_mistake():
    with pytest.raises(ValueError, match="blue"):
        Moves(Light, {("red", "blue"): Move("x")})

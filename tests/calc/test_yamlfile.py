import pytest
from pydantic import BaseModel

from saiban.calc.yamlfile import parse
from saiban.data.errors import BadInput


class Card(BaseModel):
    code: str
    points: list[int] = []


def test_a_good_file_is_read():
    assert parse("code: a\npoints: [1, 2]", Card, place="card.yaml") == Card(code="a", points=[1, 2])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "card.yaml"),
        ("code: [", "card.yaml, line 1"),
        ("code: a\ncode: b", "card.yaml, line 2"),
        ("code: a\npoints: [x]", "card.yaml, line 2"),
        ("!!python/object/apply:os.system [id]", "card.yaml, line 1"),
        ("code: a\npoints: !unknown [1]", "card.yaml, line 2"),
        ("&a [*a]", "card.yaml, line 1"),
        ("[" * 5000, "card.yaml"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(text, place):
    with pytest.raises(BadInput) as refusal:
        parse(text, Card, place="card.yaml")
    assert refusal.value.place.startswith(place)

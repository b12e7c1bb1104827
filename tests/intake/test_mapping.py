"""Mappings: the shipped ones are whole, a wrong one is refused with file and line."""

import pytest

from saiban.data.errors import BadInput
from saiban.intake.mapping import all_fields, mapping_of, parse_mapping, shipped_mappings
from saiban.partners.foundation import starting_point

GOOD = """source: a-source
name: {en: "A source", ur: "ایک ماخذ"}
kind: registry
partner: pspa
purpose: "tests"
subject: {kind: household, column: number, namespace: a-source}
observed_on: {column: day}
area: {column: place, level: district}
facts:
  - rooms
  - {column: gas, field: has_gas, codes: {a: true, b: false}}
  - {field: toilet, one_hot: {s: sewer, n: none}, otherwise: other}
"""


def test_the_columns_of_a_mapping_stand_once_each():
    mapping = parse_mapping(GOOD, place="a.yaml")
    assert mapping.columns == ("number", "day", "place", "rooms", "gas", "s", "n")
    assert mapping.field_codes == {"rooms", "has_gas", "toilet"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("- rooms", "- roomz", 10), ("a: true", "a: yes please", 11), ("sewer", "seewer", 12),
        ("otherwise: other", "required: true", 12),
        ("kind: registry", "kind: gossip", 3), ("{column: day}", "{column: day, day: 2026-01-01}", 7),
        ("level: district", "level: street", 8),
        ("area: {column: place, level: district}", "area: {column: place}", 8), ("purpose:", "porpose:", 1),
    ],
)  # fmt: skip
def test_a_wrong_mapping_names_the_line(old, new, line):
    with pytest.raises(BadInput) as refused:
        parse_mapping(GOOD.replace(old, new, 1), place="a.yaml")
    assert refused.value.place == f"a.yaml, line {line}"


def test_a_household_needs_an_area():
    with pytest.raises(BadInput, match="area"):
        parse_mapping(
            "\n".join(line for line in GOOD.splitlines() if not line.startswith("area")), place="a.yaml"
        )


def test_members_and_their_facts_come_together():
    with pytest.raises(BadInput, match="member_facts"):
        parse_mapping(GOOD + "members: {line: line_no}\n", place="a.yaml")


def test_every_shipped_source_has_an_agreement_that_covers_its_fields():
    agreed = {agreement.source: set(agreement.codes) for agreement in starting_point().agreements}
    purposes = {agreement.source: agreement.purpose for agreement in starting_point().agreements}
    for code, mapping in shipped_mappings().items():
        assert mapping.field_codes <= agreed[code]
        assert mapping.purpose == purposes[code]


def test_no_shipped_mapping_takes_a_derived_field():
    for mapping in shipped_mappings().values():
        assert not [code for code in mapping.field_codes if all_fields()[code].derived]


def test_an_unknown_source_names_the_known_ones():
    with pytest.raises(BadInput, match="psc-survey"):
        mapping_of("nobody")

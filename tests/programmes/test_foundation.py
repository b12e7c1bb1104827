"""The catalogue that every installation starts from."""

import pytest

from saiban.data import facts
from saiban.programmes import foundation
from saiban.programmes.models import Period, Scheme, Unit
from tests.programmes import places

pytestmark = pytest.mark.django_db


@pytest.fixture
def laid(foundations):
    foundation.lay()


def test_every_reported_scheme_is_laid_with_its_agency(laid):
    found = {row.code: row.agency.code for row in Scheme.objects.select_related("agency")}
    assert found == {fact.code: fact.agency for fact in facts.schemes().values()}


def test_periods_and_units_of_the_facts_are_those_of_the_catalogue(laid):
    for row in Scheme.objects.all():
        assert row.period in Period.values, row.code
        assert row.unit in Unit.values, row.code


def test_laying_again_mends_what_was_reported_and_adds_nothing(laid):
    Scheme.objects.filter(code="SSP").update(name_en="something else", confirmed=False)
    foundation.lay()
    assert Scheme.objects.count() == len(facts.schemes())
    assert Scheme.objects.get(code="SSP").name_en == facts.schemes()["SSP"].name
    assert Scheme.objects.get(code="SSP").confirmed


def test_a_scheme_that_is_run_here_keeps_its_benefit(laid, analyst):
    rule = places.rule(analyst)
    Scheme.objects.filter(code="PSPA-BHB").update(rule=rule, benefit_paisa=300_000, period="quarter")
    Scheme.objects.filter(code="PSPA-SAR").update(benefit_paisa=1)
    foundation.lay()
    here, elsewhere = Scheme.objects.get(code="PSPA-BHB"), Scheme.objects.get(code="PSPA-SAR")
    assert (here.benefit_paisa, here.period, here.rule) == (300_000, "quarter", rule)
    assert elsewhere.benefit_paisa == facts.schemes()["PSPA-SAR"].amount_paisa


def test_what_a_place_gives_in_a_year_follows_from_its_period(laid):
    yearly = {row.code: row.yearly_paisa for row in Scheme.objects.all()}
    assert yearly["PSPA-BHB"] == 12 * 200_000
    assert yearly["SWD-HIM"] == 4 * 1_050_000
    assert yearly["ZK-MG"] == 2_000_000
    assert yearly["SSP"] == 0

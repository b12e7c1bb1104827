import pytest
from django.utils import translation

from saiban.programmes.cycle_words import why
from saiban.programmes.models import Candidate


@pytest.mark.parametrize(("language", "name"), [("en", "Himmat Card"), ("ur", "ہمت کارڈ")])
def test_a_candidate_is_told_the_other_scheme_by_name_and_not_by_code(language, name):
    because = {"overlap": 1, "scheme": "SWD-HIM", "policy": "no-other-assistance"}
    with translation.override(language):
        said = why(Candidate(outcome="overlap", because=because))
    assert name in said
    assert "SWD-HIM" not in said
    assert "no-other-assistance" not in said


def test_a_scheme_outside_the_catalogue_is_named_by_its_code():
    assert "X-NEW" in why(Candidate(outcome="overlap", because={"scheme": "X-NEW", "policy": "dropped"}))

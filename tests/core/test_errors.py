import logging

import pytest
from django.db import IntegrityError, transaction

from saiban.core.errors import ReasonMissing, told
from saiban.core.logs import QuietFormatter
from saiban.core.models import Agency
from saiban.data.errors import BadInput

SECRET = "Nasreen Bibi"


def caught(act, kind=Exception):
    with pytest.raises(kind) as info:
        act()
    return info.value


def test_our_own_sentences_are_told_in_full():
    assert told(ReasonMissing()) == "Give a reason: it is kept with the decision."
    assert told(BadInput("No date.", place="row 3")) == "row 3: No date."


def test_of_any_other_error_kind_and_place_are_told_and_not_what_it_quotes():
    words = told(caught(lambda: {}[SECRET]))
    assert words.startswith("KeyError in ")
    assert SECRET not in words


@pytest.mark.django_db
def test_of_the_database_the_constraint_is_told_and_not_the_row():
    def twice():
        with transaction.atomic():
            for _ in range(2):
                Agency.objects.create(code=SECRET, name_en="-", name_ur="-")

    error = caught(twice, IntegrityError)
    assert SECRET in str(error), "which is why it is not kept"
    assert told(error).startswith("IntegrityError 23505 core_agency_code")
    assert SECRET not in told(error)


def test_the_log_shows_the_way_to_an_error_and_not_its_text():
    def fails():
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise RuntimeError(SECRET) from error

    error = caught(fails)
    record = logging.LogRecord("x", 40, __file__, 1, "failed", (), (type(error), error, error.__traceback__))
    text = QuietFormatter().format(record)
    assert SECRET not in text.replace(f'"{SECRET}"', "")
    assert text.index("ValueError in") < text.index("RuntimeError in")
    assert "raise RuntimeError(SECRET)" in text

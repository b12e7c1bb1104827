"""Names are found however they are written, by whoever may see them, and only then."""

import pytest
from django.db import connection

from saiban.registry import naming
from saiban.registry.models import Household, KnownKey, Membership, NameKeys, Person
from saiban.registry.name_models import NamesFilled
from saiban.registry.queries import Narrowed, search
from tests.access import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def settle(system):
    """Make a household of one person and give back the person."""
    count = 0

    def made(
        name_en="", name_ur="", *, father="", village="Rojhan", district="Rajanpur", sex="male", born=None
    ):
        nonlocal count
        count += 1
        area = world.tehsil(district)
        home = Household.objects.create(
            code=f"HH-31204-{count:07}", area=area, area_path=area.path, village=village
        )
        person = Person.objects.create(
            name_en=name_en, name_ur=name_ur, father_name_en=father, sex=sex, birth_date=born
        )
        Membership.objects.create(
            person=person, household=home, relation="head", head=True, during=("2025-01-01", None)
        )
        naming.renew([home.pk])
        return person

    return made


def names_found(actor, text="", **narrowed):
    found = search(actor=actor, text=text, narrowed=Narrowed(**narrowed) if narrowed else None)
    return [hit.person for hit in found.hits]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (("Muhammad Aslam", ""), "محمد اسلم"),
        (("", "محمد اسلم"), "Mohd Aslam"),
        (("", "عبدالرحمٰن"), "Abdur Rehman"),
        (("Zainab Bibi", ""), "زينب بى بى"),
        (("Ghulam Hussain", ""), "Gulam Husain"),
        (("Kalsoom", ""), "Kalsomo"),
        (("", "ناصر محمود"), "Nasir Mahmoud"),
        (("Rab Nawaz", ""), "Rabnawaz"),
    ],
)
def test_a_name_is_found_in_either_script_and_spelling(settle, clerk, written, asked):
    meant = settle(*written)
    settle("Sakina Begum", "سکینہ بیگم")
    assert names_found(clerk, asked) == [meant]


@pytest.mark.parametrize(
    "asked",
    [
        "Akbar Ali Kot Mithan", "Akbar Ali Mithan Kot", "Akbar Ali Kot Mithan Rajanpur", "Akbar Rajanpur",
        "Akbr Ali Kot Mithan", "Akbr Ali Kot Mithan Rajanpur", "Akbar Ali Rasool Kot Mithan",
        "اکبر علی راجن پور", "Akbar Kot",
    ],
)  # fmt: skip
def test_words_of_a_place_fit_in_any_order_and_with_the_district(settle, clerk, asked):
    meant = settle("Akbar Ali", father="Ghulam Rasool", village="Kot Mithan")
    settle("Akbar Ali", father="Ghulam Rasool", village="Kot Chutta", district="Attock")
    assert names_found(clerk, asked) == [meant]


def test_two_words_mean_both(settle, clerk):
    both = settle("Muhammad Aslam")
    settle("Muhammad Akram")
    settle("Tariq Aslam")
    assert names_found(clerk, "Muhammad Aslam")[0] == both
    assert len(names_found(clerk, "Tariq Aslam")) == 1


def test_the_father_or_the_village_may_stand_behind_the_name(settle, clerk):
    settle("Akbar Ali", father="Tariq", village="Rojhan")
    meant = settle("Akbar Ali", father="Rasool Bakhsh", village="Umarkot")
    for text in ("Akbar Ali Rasul Baksh", "Akbar Ali Umarkot", "اکبر علی Rasool Bakhsh Umarkot"):
        assert names_found(clerk, text) == [meant]


def test_a_village_with_figures_is_no_number(settle, clerk):
    meant = settle("Akbar Ali", village="Chak 42 GB")
    settle("Akbar Ali", village="Chak 43 GB")
    assert names_found(clerk, "Akbar Chak ۴۲") == [meant]


def test_as_written_comes_before_sounding_alike_and_slips_last(settle, clerk):
    slip, alike, exact = settle("Jamila"), settle("Jamal"), settle("Jamil")
    found = search(actor=clerk, text="Jamil")
    assert [(hit.person, hit.how) for hit in found.hits] == [
        (exact, "written"),
        (alike, "sounds"),
        (slip, "slip"),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("Kalsomo Parvenn", id="a slip in each of two words that nobody is called"),
        pytest.param("Kalsom Naaz Rojhhan", id="a slip in the village"),
        pytest.param("Kalsoom Nawaz", id="a slip that makes another known name"),
        pytest.param("Kalsoom Naaz Nwab", id="a slip in the father's name"),
    ],
)
def test_slips_are_found_in_every_field_of_a_name(settle, clerk, asked):
    settle("Nawaz", father="Parveen")
    meant = {settle("Kalsoom Parveen"), settle("Kalsoom Naaz", father="Nawab")}
    assert meant.intersection(names_found(clerk, asked))


def test_a_longer_name_in_both_scripts_fits_better_than_the_fathers(settle, clerk):
    child = settle("Salman", "سلمان", father="Muhammad Aslam")
    meant = settle("Muhammad Aslam Umar", "محمد اسلم عمر")
    assert names_found(clerk, "Muhammad Aslam") == [meant, child]


def test_every_key_that_somebody_has_is_known(settle):
    for name, father in (("Zulekha Khanum", "Rab Nawaz"), ("زینب بی بی", "محمد اسلم")):
        settle(name, father=father, village="Chak 42 GB")
    had = {key for keys in NameKeys.objects.values_list("keys", flat=True) for key in keys}
    assert had == set(KnownKey.objects.values_list("key", flat=True))


def test_the_longer_form_asks_each_field_for_itself(settle, clerk):
    settle("Aslam", father="Akbar", born="1950-01-01")
    meant = settle("Akbar", father="Aslam", born="1986-05-01")
    assert names_found(clerk, own="Akbar", father="Aslam") == [meant]
    assert names_found(clerk, own="Akbar", age=41) == [meant]
    assert names_found(clerk, own="Akbar", age=70) == []
    assert names_found(clerk, own="Akbar", sex="female") == []
    assert names_found(clerk, own="Akbar", area=world.tehsil("Attock")) == []


def test_who_lives_elsewhere_is_not_found(settle, clerk, other_clerk):
    meant = settle("Zulekha Khanum", district="Attock")
    assert names_found(clerk, "Zulekha Khanum") == []
    assert names_found(other_clerk, "Zulekha Khanum") == [meant]


@pytest.mark.parametrize(
    "ended",
    [{"cancelled": True}, {"during": ("2025-01-01", "2026-01-01")}],
    ids=["it was never so", "until a day"],
)
def test_keys_follow_names_moves_and_departures(ended, settle, clerk, other_clerk):
    meant = settle("Zulekha Khanum")
    home = meant.memberships.get().household
    Person.objects.filter(pk=meant.pk).update(name_en="Tabassum")
    naming.renew([home.pk])
    assert names_found(clerk, "Zulekha Khanum") == []
    assert names_found(clerk, "Tabassum") == [meant]
    stays = settle("Tabassum", district="Attock")
    meant.memberships.update(**ended)
    assert names_found(clerk, "Tabassum") == []  # at once: what is visible is asked of the membership
    naming.renew([home.pk])
    assert not NameKeys.objects.filter(person=meant).exists()
    assert NameKeys.objects.filter(person=stays).exists()


def test_whoever_left_one_household_and_lives_in_another_keeps_the_keys(settle, clerk):
    meant, host = settle("Tabassum"), settle("Akbar")
    left, home = meant.memberships.get().household, host.memberships.get().household
    meant.memberships.update(during=("2025-01-01", "2026-01-01"))
    Membership.objects.create(
        person=meant, household=home, relation="child", head=False, during=("2026-01-01", None)
    )
    naming.renew([left.pk, home.pk])
    naming.renew([left.pk])
    assert names_found(clerk, "Tabassum") == [meant]


def test_old_rows_get_their_keys_in_chunks_and_the_page_says_that_it_goes_on(settle, clerk):
    people = [settle("Kalsoom") for _ in range(5)]
    NameKeys.objects.all().delete()
    last = max(Household.objects.values_list("pk", flat=True))
    NamesFilled.objects.update_or_create(pk=1, defaults={"until": 0, "last": last})
    NamesFilled.objects.exclude(pk=1).delete()
    assert list(zip(naming.fill(households=2), range(1), strict=False))  # interrupted after the first chunk
    found = search(actor=clerk, text="Kalsoom")
    assert 0 < len(found.hits) < len(people)
    assert found.filling
    naming.fill_for_a_while()
    assert search(actor=clerk, text="Kalsoom").filling is None
    assert set(names_found(clerk, "Kalsoom")) == set(people)


def test_a_survey_finds_by_its_own_number(people, clerk, other_clerk, home):
    found = search(actor=clerk, text="H-1")
    assert [hit.household for hit in found.hits] == [home]
    assert search(actor=other_clerk, text="H-1").hits == []


def test_people_of_a_batch_are_found_when_it_is_applied(people, clerk, home):
    head = home.memberships.get(head=True).person
    assert head in names_found(clerk, head.name_en or head.name_ur)


def test_what_is_looked_for_hangs_on_no_locale(system):
    """Keys are numbers, and words are compared by their bytes, whatever the database's collation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, collation_name from information_schema.columns "
            "where table_name ~ '^registry_(namekeys|nameword|knownkey)$' order by column_name"
        )
        assert dict(cursor.fetchall()) == {
            "cuts": None,
            "key": None,
            "keys": None,
            "person_id": None,
            "word": "C",
        }

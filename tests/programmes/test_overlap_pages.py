"""Pages of overlaps: the work list, one overlap with its places side by side, the three decisions."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Agency, Audit
from saiban.programmes import foundation
from saiban.programmes.models import Overlap, OverlapDecision, Scheme
from saiban.programmes.queries import overlaps as queries
from saiban.programmes.services import overlaps as services
from saiban.registry.models import Person
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
WHY = "the same disability"


@pytest.fixture
def enter():
    def entered(actor, language="en"):
        client = Client()
        client.force_login(actor)
        client.cookies["saiban_language"] = language
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        return client

    return entered


@pytest.fixture
def homes(system):
    """A household in Rajanpur with two benefits for one disability, one in Attock above the cap and twice."""
    foundation.lay()
    rajanpur = world.household(world.tehsil(), "HH-31204-0000001")
    attock = world.household(world.tehsil("Attock"), "HH-30101-0000002", head="Sakina")
    head, other = (Person.objects.get(memberships__household=home) for home in (rajanpur, attock))
    places.of_list("PSPA-HQ", rajanpur, head, list_no="HQ-77")
    places.of_list("SWD-HIM", rajanpur, head, list_no="HIM-88")
    for _ in range(2):
        places.of_list("PSPA-SAR", attock, other, amount_paisa=30_000_000, period="year")
    services.find_overlaps(actor=system)
    return [rajanpur, attock]


@pytest.fixture
def overlap(homes):
    return Overlap.objects.get(kind="exclusive")


def text_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def address(name, overlap):
    return reverse(f"programmes:{name}", args=[overlap.pk])


def kinds(client, query=""):
    response = client.get(reverse("programmes:overlaps") + query)
    return [row.record.kind for row in response.context["table"].page]


def test_the_list_sums_up_what_it_shows(enter, manager, homes):
    shown = text_of(enter(manager).get(reverse("programmes:overlaps")))
    assert "3 present in the area of your duty" in shown
    # the least amounts: Humqadam 24,000; one of the doubles 300,000; above the cap 600,000 - 480,000
    assert "Rs 444,000" in shown
    assert "the same, twice" in shown
    assert "all that count towards the cap" in shown


def test_dearest_first_and_sorted_as_asked(enter, manager, homes):
    client = enter(manager)
    assert kinds(client) == ["twice", "cap", "exclusive"]
    assert kinds(client, "?sort=yearly_paisa") == ["exclusive", "cap", "twice"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=cap", ["cap"]),
        ("?level=household", ["cap"]),
        ("?scheme=SWD-HIM", ["exclusive"]),
        ("?scheme=PSPA-HQ", ["exclusive"]),
        ("?agency=social-welfare", ["exclusive"]),
        ("?area=PK601", ["twice", "cap"]),
        ("?area=PK601&kind=exclusive", []),
        ("?least=100000", ["twice", "cap"]),
        ("?least=120000.01", ["twice"]),
        ("?state=gone", []),
        ("?state=open&kind=twice", ["twice"]),
    ],
)
def test_narrowed(enter, manager, homes, query, found):
    assert kinds(enter(manager), query) == found


def test_what_is_gone_is_shown_only_if_asked_for(enter, manager, overlap):
    Overlap.objects.filter(pk=overlap.pk).update(state="gone")
    assert kinds(enter(manager)) == ["twice", "cap"]
    assert kinds(enter(manager), "?state=gone") == ["exclusive"]


def test_an_officer_sees_the_own_district_only(enter, officer, homes):
    assert kinds(enter(officer)) == ["exclusive"]
    other = Overlap.objects.get(kind="cap")
    assert enter(officer).get(address("overlap", other)).status_code == 404


def test_who_looked_at_which_households_is_on_record(enter, officer, homes):
    enter(officer).get(reverse("programmes:overlaps") + "?kind=exclusive")
    row = Audit.objects.filter(action="programmes.overlap.view").latest("pk")
    assert (row.count, row.detail["query"]) == (1, "kind=exclusive")
    assert list(Audit.objects.about("registry.household", homes[0].pk)) == [row]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_along_by_who_may_and_that_is_on_record(enter, officer, clerk, homes, kind):
    response = enter(officer).get(f"{reverse('programmes:overlaps')}?export={kind}")
    assert f"overlaps.{kind}" in response["Content-Disposition"]
    assert Audit.objects.filter(action="programmes.overlap.export").latest("pk").count == 1
    if kind == "csv":
        assert "PSPA-HQ,SWD-HIM,HH-31204-0000001" in response.content.decode()
    page = enter(clerk).get(f"{reverse('programmes:overlaps')}?export={kind}")
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_both_places_stand_side_by_side_with_their_evidence_and_the_policy(enter, manager, overlap, language):
    shown = text_of(enter(manager, language).get(address("overlap", overlap)))
    for words in ("HQ-77", "HIM-88", "HH-31204-0000001", "pspa.gop.pk/node/208"):
        assert words in shown
    names = {
        "en": ("Zainab Bibi", "Himmat Card", "One cash benefit"),
        "ur": ("زینب بی بی", "ہمت کارڈ", "ایک معذوری"),
    }
    assert all(name in shown for name in names[language])


def test_a_cap_shows_every_place_that_counts(enter, manager, homes):
    shown = text_of(enter(manager).get(address("overlap", Overlap.objects.get(kind="cap"))))
    assert shown.count("Rs 300,000 a year") == 2
    assert "At most Rs 480,000 a year" in shown


def test_a_department_sees_that_there_is_a_conflict_but_not_the_others_row(enter, appoint, overlap):
    welfare = appoint("welfare", "programme_manager", agency="social-welfare")
    client = enter(welfare)
    assert kinds(client) == ["exclusive"]
    shown = text_of(client.get(address("overlap", overlap)))
    assert "HIM-88" in shown
    assert "Humqadam" in shown
    assert "HQ-77" not in shown
    assert "belongs to another department" in shown
    assert "Keep as it is" not in shown
    assert client.post(address("overlap-keep", overlap), {"reason": WHY}).status_code == 403
    end = text_of(client.get(address("overlap-end", overlap)))
    assert "Himmat Card" in end
    assert "Humqadam, since" not in end


def test_a_clerk_reads_and_does_not_decide(enter, clerk, overlap):
    shown = text_of(enter(clerk).get(address("overlap", overlap)))
    assert "End one of them" not in shown
    for name in ("overlap-keep", "overlap-end", "overlap-refer"):
        assert enter(clerk).get(address(name, overlap)).status_code == 403


@pytest.mark.parametrize("language", ["en", "ur"])
def test_kept_with_a_reason(enter, officer, overlap, language):
    client = enter(officer, language)
    assert client.get(address("overlap-keep", overlap)).status_code == 200
    assert client.post(address("overlap-keep", overlap), {"reason": ""}).status_code == 422
    response = client.post(address("overlap-keep", overlap), {"reason": WHY}, follow=True)
    assert WHY in text_of(response)
    overlap.refresh_from_db()
    assert overlap.state == "kept"


def test_one_place_is_to_end(enter, officer, overlap):
    client = enter(officer)
    assert client.post(address("overlap-end", overlap), {"reason": WHY}).status_code == 422
    wrong = client.post(address("overlap-end", overlap), {"reason": WHY, "ending_id": 999_999})
    assert wrong.status_code == 422
    chosen = {"reason": WHY, "ending_id": overlap.right_id}
    shown = text_of(client.post(address("overlap-end", overlap), chosen, follow=True))
    assert "Himmat Card is to end" in shown
    assert OverlapDecision.objects.get().ending_id == overlap.right_id


def test_referred_and_then_decided_by_the_department(enter, officer, appoint, overlap):
    welfare = Scheme.objects.get(code="SWD-HIM").agency
    given = {"reason": WHY, "agency_id": welfare.pk}
    shown = text_of(enter(officer).post(address("overlap-refer", overlap), given, follow=True))
    assert f"to {welfare.name_en}" in shown
    theirs = enter(appoint("welfare", "programme_manager", agency="social-welfare"))
    assert kinds(theirs, "?state=referred") == ["exclusive"]
    own = {"reason": "no longer fits", "ending_id": overlap.right_id}
    theirs.post(address("overlap-end", overlap), own)
    assert [row.state for row in OverlapDecision.objects.all()] == ["ending", "referred"]


def test_agencies_offered_are_those_concerned(enter, officer, overlap):
    form = enter(officer).get(address("overlap-refer", overlap)).context["form"]
    assert [pk for pk, _ in form.fields["agency_id"].choices] == [
        Agency.objects.get(code="social-welfare").pk
    ]


def test_what_is_decided_offers_no_step_and_takes_none(enter, officer, overlap):
    client = enter(officer)
    client.post(address("overlap-keep", overlap), {"reason": WHY})
    assert "End one of them" not in text_of(client.get(address("overlap", overlap)))
    late = client.post(address("overlap-end", overlap), {"reason": WHY, "ending_id": overlap.left_id})
    assert late.status_code == 409


def test_where_nothing_overlaps_the_page_says_how_it_fills(enter, manager, foundations):
    foundation.lay()
    assert "No overlap fits." in text_of(enter(manager).get(reverse("programmes:overlaps")))


@pytest.mark.parametrize(
    "query", ["?least=abc", "?least=-1", "?area=none", "?scheme=<script>", "?state=nonsense"]
)
def test_nonsense_in_the_address_breaks_nothing(enter, manager, homes, query):
    assert enter(manager).get(reverse("programmes:overlaps") + query).status_code in (200, 422)


def test_pages_ask_few_questions(enter, manager, overlap):
    client = enter(manager)
    for page in (reverse("programmes:overlaps"), address("overlap", overlap)):
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        questions = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
        assert len(questions) <= MOST_QUERIES, "\n".join(questions)


def test_the_list_selects_no_row_of_the_places(manager, homes):
    """Of the places only what says which scheme it is: no number, no amount."""
    sql = str(queries.overlap_list(actor=manager).query)
    assert "list_no" not in sql
    assert "amount_paisa" not in sql


def test_every_link_of_an_overlap_of_a_stranger_leads_somewhere(enter, system, homes, clerk):
    """Whom lists alone know has no page of a person."""
    stranger = Person.objects.create(name_en="Bashiran", sex="female", stub=True)
    for scheme in ("PSPA-HQ", "SWD-HIM"):
        places.of_list(scheme, None, stranger, area_path=homes[0].area_path)
    services.find_overlaps(actor=system)
    overlap = Overlap.objects.get(person=stranger)
    client = enter(clerk)
    page = client.get(address("overlap", overlap)).content.decode()
    assert "Bashiran" in page
    links = set(re.findall(r'href="(/[^"#?]+)', page.split("<main")[1].split("</main")[0]))
    assert links
    assert [link for link in links if client.get(link).status_code != 200] == []

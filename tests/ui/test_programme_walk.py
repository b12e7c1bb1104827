"""The walk of a first programme, in a browser, by keyboard alone.

A rule with a mistake → mended → seen whom it selects → tested → approved by another → a cycle with a budget →
its list → own approval refused → approved by another → the list to pay.
"""

import csv
from datetime import date
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from saiban.core import worker
from saiban.core.models import Duty, Role
from saiban.partners import foundation as partners
from saiban.programmes import foundation
from saiban.programmes.models import Cycle, Overlap, Scheme
from saiban.programmes.services.overlaps import find_overlaps
from saiban.scoring.models import Rule
from tests.access.world import number_of
from tests.programmes import elders, places
from tests.ui.walker import SAVE, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WALKS = [
    pytest.param("en", 1280, True, id="en-1280"),
    pytest.param("ur", 360, True, id="ur-360"),
    pytest.param("en", 360, False, id="en-360-without-javascript"),
]
WRONG = "age >= 65 && scor.pmt <= 30.0"
CNIC = "9420108912318"
BUTTON = "main form[action$='{}'] button"


@pytest.fixture
def elderly(system):
    """Four poor elders, of whom one has a benefit that excludes this one; one of whom it is not known whether
    there is a car; one who is not poor.
    """
    partners.lay(system)
    foundation.lay()
    number_of(elders.elder("POOREST", "11.0"), CNIC)
    elders.elder("POORER", "12.0")
    elders.elder("POOR", "19.0")
    elders.elder("UNKNOWN", "12.0", has_car=None)
    elders.elder("RICH", "45.0")
    double = elders.elder("DOUBLE", "14.0")
    for scheme in ("PSPA-HQ", "SWD-HIM"):
        places.of_list(scheme, double.memberships.get().household, double)
    find_overlaps(actor=system)


@pytest.fixture
def both_duties(programme_manager):
    """The programme manager also holds the duty of an approver: it must not help with own work."""
    kept = programme_manager.duty
    Duty.objects.create(
        actor=programme_manager,
        role=Role.APPROVER,
        area=kept.area,
        agency=kept.agency,
        purpose="tests",
        starts_on=date(2025, 1, 1),
    )
    return SimpleNamespace(preparing=kept.pk, approving=programme_manager.duties.get(role=Role.APPROVER).pk)


@pytest.mark.parametrize(("language", "width", "javascript"), WALKS)
def test_the_walk_of_a_first_programme(
    elderly, both_duties, approver, window, tmp_path, language, width, javascript, request
):
    name = request.node.callspec.id
    walker, other = (
        Walker(window(language=language, width=width, javascript=javascript), f"{name}-{who}")
        for who in ("prepares", "approves")
    )
    walker.log_in("programme_manager")
    walker.press(f"main button[name=duty][value='{both_duties.preparing}']")

    write_a_rule(walker, typing_is_answered=javascript)
    rule = Rule.objects.get()
    walker.press(BUTTON.format(reverse("scoring:rule-test", args=[rule.pk])))
    walker.look("rule-tested", axe=False)
    other.log_in("approver")
    approve(other, reverse("scoring:rule", args=[rule.pk]), reverse("scoring:rule-approve", args=[rule.pk]))

    open_a_cycle(walker, rule)
    cycle = Cycle.objects.get()
    make_the_list(walker, cycle)
    look_at_who_is_left_out(walker, cycle)
    own_approval_is_refused(walker, cycle, both_duties.approving)

    other.page.at("/")
    pages = [reverse(f"programmes:{name}", args=[cycle.pk]) for name in ("cycle", "cycle-approve")]
    approve(other, *pages)
    cycle.refresh_from_db()
    assert (cycle.state, cycle.approved_by) == ("approved", approver)
    other.press(f"main a[href='{reverse('programmes:paylist', args=[cycle.pk])}']")
    download_the_list(other, cycle, tmp_path)


def write_a_rule(walker, *, typing_is_answered):
    """Write it with a mistake, mend it where the page says, see whom it selects, keep it."""
    walker.at("scoring:rules")
    walker.press(f"main a[href='{reverse('scoring:rule-add')}']")
    walker.reach("main select[name=unit]").select_option("person")
    walker.type("main textarea[name=text]", WRONG)
    if typing_is_answered:
        walker.page.locator("#preview [role=alert] pre").wait_for()
    else:
        walker.press("main button[name=preview]")
    walker.look("rule-with-mistake")
    marked = walker.page.locator("#preview [role=alert] pre").inner_text().splitlines()
    assert (marked[0], marked[1].index("^")) == (WRONG, WRONG.index("scor"))

    walker.type("main textarea[name=text]", elders.TEXT)
    walker.type("main input[name=cost]", "2,000")
    walker.press("main button[name=preview]")
    walker.look("rule-previewed", axe=False)
    figures = walker.page.locator("#preview .figures").inner_text()
    assert "Rs 8,000" in figures, "four are eligible"

    walker.type("main input[name=code]", "poor-elders")
    walker.type("main input[name=title_en]", "Poor elders")
    walker.type("main input[name=title_ur]", "غریب بزرگ")
    walker.type("main textarea[name=reference]", "Minutes of the board, item 4")
    walker.press(SAVE)
    walker.look("rule", axe=False)
    assert Rule.objects.get().text == elders.TEXT


def approve(walker, page, step):
    """What waits is on Today; it leads to its page, and from there to the question before the step."""
    walker.press(f"main a[href='{page}']")
    walker.press(f"main a[href='{step}']")
    walker.look("approve", axe=False)
    walker.press(SAVE)
    assert urlsplit(walker.page.url).path == page


def open_a_cycle(walker, rule):
    """Set the scheme up with the rule; open a cycle, first with no budget, then with one of two places."""
    scheme = Scheme.objects.get(code="PSPA-BHB")
    walker.at("programmes:scheme", scheme.pk)
    walker.press(f"main a[href='{reverse('programmes:set-up', args=[scheme.pk])}']")
    walker.reach("main select[name=rule_id]").select_option(str(rule.pk))
    walker.reach("main select[name=unit]").select_option("person")
    walker.type("main input[name=benefit_paisa]", "2,000")
    walker.reach("main select[name=period]").select_option("month")
    walker.press(SAVE)
    walker.look("scheme-run-here", axe=False)

    walker.press(f"main a[href='{reverse('programmes:cycle-open', args=[scheme.pk])}']")
    walker.type_day("main input[name=starts_on]", "07012026")
    walker.type_day("main input[name=ends_on]", "10012026")
    walker.type("main input[name=budget_paisa]", "0")
    walker.press(SAVE)
    walker.look("cycle-without-budget")
    assert walker.page.locator("input[name=budget_paisa]").get_attribute("aria-invalid") == "true"
    assert not Cycle.objects.exists()
    walker.type("main input[name=budget_paisa]", "12,000")
    walker.press(SAVE)


def make_the_list(walker, cycle):
    """Ask for it, let the worker do its part, see what became of the candidates."""
    assert (cycle.starts_on, cycle.ends_on, cycle.budget_paisa) == (elders.STARTS, elders.ENDS, 1_200_000)
    walker.press(f"main a[href='{reverse('programmes:cycle-propose', args=[cycle.pk])}']")
    walker.press(SAVE)
    walker.look("list-being-made")
    worker.work_once()
    walker.page.reload()
    walker.look("list-made", axe=False)
    cycle.refresh_from_db()
    assert cycle.state == "proposed"
    assert cycle.figures["outcomes"] == {"selected": 2, "no_budget": 1, "overlap": 1, "unknown": 1}


def look_at_who_is_left_out(walker, cycle):
    """Candidates with the reason of each; and the overlap of the one who has two other benefits."""
    walker.press(f"main a[href='{reverse('programmes:cycle-candidates', args=[cycle.pk])}']")
    walker.look("candidates", axe=False)
    lines = walker.page.locator("main table.stack tbody tr, main table tbody tr").all_inner_texts()
    assert [sum(code in line for line in lines) for code in ("POOREST", "DOUBLE", "RICH")] == [1, 1, 0]
    walker.at("programmes:overlaps")
    overlap = Overlap.objects.get(kind="exclusive")
    walker.press(f"main a[href='{reverse('programmes:overlap', args=[overlap.pk])}']")
    assert "DOUBLE" in walker.text()


def own_approval_is_refused(walker, cycle, duty):
    """Neither as the one who prepares nor under the other duty: who made the list does not approve it."""
    walker.at("programmes:cycle-approve", cycle.pk)
    walker.at("desk:enter")
    walker.press(f"main button[name=duty][value='{duty}']")
    walker.at("programmes:cycle", cycle.pk)
    step = reverse("programmes:cycle-approve", args=[cycle.pk])
    assert walker.page.locator(".banner.note").count() == 1
    assert walker.page.locator(f"a[href='{step}']").count() == 0
    assert walker.page.at(step).status == 403
    walker.look("own-approval-refused")
    cycle.refresh_from_db()
    assert cycle.state == "proposed"


def download_the_list(walker, cycle, folder):
    """Not without a reason; then a file with every entitlement, the number of who has one, and the digest."""
    walker.press(SAVE)
    walker.look("list-to-pay-without-reason")
    walker.type("main textarea[name=reason]", "To the bank, for three months")
    walker.reach(SAVE)
    with walker.page.expect_download() as download:
        walker.page.keyboard.press("Enter")
    kept = folder / download.value.suggested_filename
    download.value.save_as(kept)
    with kept.open(encoding="utf-8", newline="") as file:
        *lines, last = csv.reader(file)
    heading, *lines = lines
    rows = [dict(zip(heading, line, strict=True)) for line in lines]
    assert [row["household"] for row in rows] == ["POOREST", "POORER"] * 3
    assert {(row["cnic"], row["pay"], row["note"]) for row in rows} == {
        (CNIC, "yes", ""),
        ("", "no", "no_number"),
    }
    assert {row["amount_rupees"] for row in rows} == {"2000.00"}
    assert last == ["sha256", cycle.digest]

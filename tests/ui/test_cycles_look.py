"""Pages of schemes that are run here, in both languages and widths: axe, no overflow, no script needed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from saiban.core import changes
from saiban.programmes import foundation
from saiban.programmes.models import Enrolment, Proposal
from saiban.programmes.services.cycles import approve_cycle
from saiban.programmes.services.proposals import review_eligibility
from saiban.registry.models import Profile
from tests.programmes import elders, places
from tests.programmes.test_cycles import NEXT
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(foundations, analyst, programme_manager, approver, system):
    """Addresses of every page of a scheme with an approved cycle, one that waits, and a proposal."""
    foundation.lay()
    scheme = elders.set_up(programme_manager, elders.rule(analyst))
    for n in range(5):
        elders.elder(f"HH-31204-004771{n}", f"{10 + n}.5")
    elders.elder("HH-31204-0047720", "12.0", has_car=None)
    barred = elders.elder("HH-31204-0047721", "13.0")
    places.of_list("SWD-HIM", barred.memberships.get().household, barred)
    approved = elders.proposed(programme_manager, scheme, places=3)
    approve_cycle(actor=approver, cycle_id=approved.pk)
    place = Enrolment.objects.filter(cycle=approved).first()
    Profile.objects.filter(household=place.household).update(score=Decimal("45.0"))
    ids = [place.household_id]
    moved = changes.change_set(actor=system, kind="registry.household", reason="tests", ids=ids)
    review_eligibility(actor=system, change_set_id=moved.pk)
    waiting = elders.proposed(programme_manager, scheme, places=4, **NEXT)
    proposal = Proposal.objects.get()

    def url(name, pk):
        return reverse(f"programmes:{name}", args=[pk])

    return {
        "scheme": url("scheme", scheme.pk),
        "set-up": url("set-up", scheme.pk),
        "cycle-open": url("cycle-open", scheme.pk),
        "cycle-approved": url("cycle", approved.pk),
        "cycle-waiting": url("cycle", waiting.pk),
        "cycle-withdraw": url("cycle-withdraw", waiting.pk),
        "candidates": url("cycle-candidates", approved.pk),
        "paylist": url("paylist", approved.pk),
        "enrolment": url("enrolment", place.pk),
        "enrolment-close": url("enrolment-close", place.pk),
        "proposals": reverse("programmes:proposals"),
        "proposal": url("proposal-decide", proposal.pk),
    }


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_every_page_is_readable_by_everybody(window, pages, programme_manager, language, width):
    page = window(programme_manager, language=language, width=width)
    for name, address in pages.items():
        page.at(address)
        screenshot(page, f"cycles-{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


def test_a_list_is_approved_without_script(window, pages, approver):
    page = window(approver, javascript=False)
    page.at(pages["cycle-waiting"])
    page.get_by_role("link", name="Approve the list").click()
    page.get_by_role("button", name="Approve").click()
    assert page.get_by_text("Approved. The list to pay is ready.").is_visible()

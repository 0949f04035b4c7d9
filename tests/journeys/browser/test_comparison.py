"""The comparison with other municipalities: by keyboard, on a phone, without a script, on paper."""

import pytest

from reports.comparing.compute_months import compute_due_months
from reports.models import ComparisonAgreement
from tests import make
from tests.journeys.browser.looking import sideways, violations
from tests.reports.comparing.several import DUE, OCTOBER, members

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/berichte/vergleich/"


@pytest.fixture
def coordinator():
    person = make.user()
    members(10, 20, 30, 40, 50, 60)
    compute_due_months(DUE[OCTOBER])
    return person


@pytest.mark.parametrize("width", [320, 1280])
def test_the_figures_fit_and_exclude_nobody(open_page, coordinator, width):
    page = open_page(coordinator, width=width)
    page.goto(PAGE)
    assert page.locator("#kind-h").inner_text() == "Art der Kommune: kreisangehörige Stadt oder Gemeinde"
    assert (violations(page), sideways(page), page.complaints) == ([], 0, [])


@pytest.mark.parametrize("scripts", [True, False])
def test_the_coordination_ends_it_and_agrees_again_by_keyboard(open_page, coordinator, scripts):
    page = open_page(coordinator, width=320, scripts=scripts)
    page.goto(PAGE)
    for button, done in (
        ("Teilnahme beenden", "nimmt am Vergleich nicht mehr teil"),
        ("Dem Vergleich zustimmen", "an teil"),
    ):
        page.get_by_label("Begründung").focus()
        page.keyboard.type("Beschluss")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text(done).first.wait_for()
        assert page.get_by_role("button", name=button).count() == 0
    said = ComparisonAgreement.objects.filter(municipality=make.municipality())
    assert [each.agreed for each in said] == [True, False, True]


def test_paper_shows_the_figures_and_nothing_to_press(open_page, coordinator):
    page = open_page(coordinator)
    page.goto(PAGE)
    page.emulate_media(media="print")
    assert page.locator("#kind-h").is_visible() and not page.get_by_label("Begründung").is_visible()

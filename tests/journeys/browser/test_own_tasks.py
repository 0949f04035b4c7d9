"""What waits for a person is for everybody: a phone, no script, the keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leader():
    office = make.department("Bürgerbüro")
    person = make.user("leitung", Role.MANAGER, department=office)
    for n, days in enumerate((-20, 0, 3, 25)):
        service = make.service(f"9910700000000{n}", f"Eheschließung Anmeldung mit Auslandsberührung {n}")
        day = timezone.localdate() + timedelta(days=days)
        make.row(service, department=office, owner=person, state="planned", planned_on=day)
    make.asked_round(make.user())
    return person


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (768, True), (1280, True)])
def test_tasks_can_be_read_and_followed(open_page, leader, width, scripts):
    page = open_page(leader, width=width, scripts=scripts)
    page.goto("/aufgaben/")
    assert sideways(page) == 0
    if scripts:
        assert violations(page) == []
    button = page.locator(".kern-btn--primary").bounding_box()
    assert (button["width"] > 80, button["height"] < 60) == (True, True)
    page.locator(".do a").filter(has_text="Runde fortsetzen").click()
    page.wait_for_url("**/runden/*/*/")
    assert page.complaints == []


def test_the_overview_leads_to_them(open_page, leader):
    page = open_page(leader)
    page.goto("/")
    page.get_by_role("link", name="Meine Aufgaben nach Tag").click()
    page.get_by_role("heading", name="Überfällig 1").wait_for()

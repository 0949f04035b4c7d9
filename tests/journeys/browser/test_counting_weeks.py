"""A counting week at the counter: by keyboard, on a phone without scripts, and while the network is away."""

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import CountingPress
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Eheschließung Anmeldung mit Auslandsberührung"


@pytest.fixture
def week():
    row = make.row(make.service(name=LONG), department=make.department("Bürgerbüro"))
    return make.counting_week(make.user(), [row], first_day=timezone.localdate(), days=5)


def counted():
    return [*CountingPress.objects.standing().order_by("pk").values_list("channel", flat=True)]


def test_without_scripts_a_phone_counts_and_takes_back(open_page, week):
    page = open_page(week.by, width=320, scripts=False)
    page.goto(f"/zaehlwoche/{week.pk}/")
    button = page.get_by_role("button", name="vor Ort")
    assert (button.bounding_box()["height"] >= 64, sideways(page)) == (True, 0)
    button.click()
    page.get_by_role("button", name="Post").click()
    page.get_by_role("button", name="Rückgängig").click()
    assert (counted(), page.get_by_role("button", name="vor Ort: 1").count()) == (["counter"], 1)
    page.goto("/zaehlwochen/")
    assert sideways(page) == 0


def test_by_keyboard_what_the_network_does_not_take_waits_and_counts_once(open_page, week):
    page = open_page(week.by)
    page.goto(f"/zaehlwoche/{week.pk}/")
    page.get_by_role("button", name="Telefon").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Alles gespeichert.").wait_for()
    page.context.set_offline(True)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Telefon: 3").wait_for()
    page.get_by_text("2 noch nicht gesendet").wait_for()
    assert counted() == ["phone"]
    page.context.set_offline(False)
    page.get_by_text("Alles gespeichert.").wait_for()
    page.get_by_role("button", name="Rückgängig").press("Enter")
    page.get_by_role("button", name="Telefon: 2").wait_for()
    assert (counted(), violations(page)) == (["phone", "phone"], [])

"""A finding is mended in one step, or put off with a reason and a day and taken up again, on a phone too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import Snooze
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = timezone.localdate() + timedelta(days=20)


@pytest.fixture
def rows():
    office = make.department("Bürgerbüro")
    return [make.row(make.service(f"9910700000000{n}", f"Leistung {n}"), department=office) for n in range(3)]


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (1280, True)])
def test_a_finding_is_put_off_with_reason_and_day_and_taken_up_again(open_page, rows, width, scripts):
    page = open_page(make.user(), width=width, scripts=scripts)
    page.goto("/datenqualitaet/not_rated/")
    page.get_by_label("Leistung 1").check()
    page.locator("[name=until]").fill(UNTIL.isoformat())
    page.locator("[name=reason]").fill(" ")
    page.get_by_role("button", name="Zurückstellen").click()
    assert (Snooze.objects.count(), page.locator(".ozg-note--bad").count()) == (0, 1)
    assert page.get_by_label("Leistung 1").is_checked()
    assert sideways(page) == 0
    page.locator("[name=reason]").fill("Neues Verfahren ab Januar")
    page.get_by_role("button", name="Zurückstellen").click()
    page.get_by_text("Der Befund ist bei einer Leistung zurückgestellt.").wait_for()
    page.goto("/datenqualitaet/")
    page.get_by_text("Neues Verfahren ab Januar").wait_for()
    assert sideways(page) == 0
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Wieder aufnehmen").first.click()
    page.get_by_text("Der Befund steht bei einer Leistung wieder da.").wait_for()
    assert [each for each in page.complaints if "400 (Bad Request)" not in each] == []


def test_the_deed_of_a_finding_leads_to_its_rows_with_the_cells_that_mend_it(open_page, rows):
    page = open_page(make.user())
    page.goto("/datenqualitaet/")
    page.get_by_role("link", name="Reifegrade angeben").first.click()
    page.wait_for_url("**/leistungen/?finding=not_rated*")
    assert page.get_by_text("Leistung 2").first.is_visible()
    assert page.locator("th", has_text="Reifegrad").count() > 0
    assert page.complaints == []

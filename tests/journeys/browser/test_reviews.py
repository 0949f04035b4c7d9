"""A report's draft on its way, and the check of a file: on a phone, by keyboard, without a script."""

from datetime import date

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from reports.editions.freeze import freeze_edition
from reports.editions.reviewing import open_review
from reports.models import Edition
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/berichte/2022/11/1/"


@pytest.fixture
def draft():
    department = make.department("Bürgerdienste")
    make.user("leitung", Role.MANAGER, department=department)
    row = make.row(make.service(), department=department, level=3, state="done")
    reason = "Kollegin (Durchwahl 1234) ist krank"
    make.event(row, effective_on=date(2022, 11, 8), department=department, level=2, state="open", reason=reason)
    make.row(make.service("99102013104003", "Wohngeld"), level=1, state="blocked", department=department)
    return freeze_edition(row.municipality, date(2022, 11, 1), by=make.user())


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_the_way_fits_and_excludes_nobody(open_page, draft, width):
    people = {each.username: each for each in make.User.objects.all()}
    found = {}

    def look(person, address):
        page = open_page(people[person] if person else None, width=width)
        answer = page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        wrong = (answer.status, sideways(page), violations(page), page.complaints)
        if wrong != (200, 0, [], []):
            found[person, address] = wrong

    look("koordination", f"{PAGE}pruefung/")
    look("koordination", "/berichte/regeln/")
    open_review(draft, timezone.localdate(), people["koordination"])
    look("leitung", f"{PAGE}einwaende/")
    look("leitung", "/berichte/")
    look("koordination", f"{PAGE}pruefung/")
    Edition.objects.filter(pk=draft.pk).update(state="submitted", approver=people["leitung"])
    look("leitung", f"{PAGE}genehmigung/")
    look(None, "/pruefen/")
    look(None, f"/pruefen/?sha256={draft.sha256}")
    assert found == {}


def test_without_a_script_a_comment_is_saved_and_the_report_submitted_by_keyboard(open_page, draft):
    page = open_page(make.User.objects.get(username="koordination"), scripts=False)
    page.goto(f"{PAGE}pruefung/")
    page.get_by_label("Was ist online?").focus()
    page.keyboard.type("138 liegen beim Kreis.")
    page.get_by_role("button", name="Zwischenstand speichern").focus()
    page.keyboard.press("Enter")
    assert page.get_by_label("Was ist online?").input_value() == "138 liegen beim Kreis."
    page.get_by_label("Genehmigt durch").select_option("koordination")
    page.get_by_role("button", name="Zur Genehmigung vorlegen").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("alert").first.inner_text().count("der Grund für 1 blockierte Leistung") == 1

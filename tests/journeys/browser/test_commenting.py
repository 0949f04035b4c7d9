"""A service is commented and watched by keyboard alone, on a phone without scripts, and whom it names finds it."""

import pytest

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Comment, Watch
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Eheschließung Anmeldung mit Auslandsberührung"


@pytest.fixture
def row():
    return make.row(make.service(name=LONG), department=make.department("Bürgerbüro"))


@pytest.fixture
def clerk(row):
    return make.user("kim", Role.STAFF, department=row.department)


def test_by_keyboard_alone_a_comment_reaches_whom_it_names_and_the_answer_ends_it(open_page, row, clerk):
    page = open_page(make.user())
    page.goto(f"/leistungen/{row.pk}/#kommentar")
    page.get_by_label("Kommentar", exact=True).focus()
    page.keyboard.type("Wann kommt der Dienst?")
    page.keyboard.press("Tab")
    page.keyboard.type("kim")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Ihr Kommentar steht in der Geschichte.").wait_for()
    assert violations(page) == []
    other = open_page(clerk)
    other.goto("/aufgaben/")
    other.get_by_role("link", name="Antworten", exact=False).click()
    other.get_by_text("hat Sie am").wait_for()
    assert (violations(other), sideways(other)) == ([], 0)
    other.get_by_label("Kommentar", exact=True).fill("Im Mai.")
    other.get_by_role("button", name="Kommentar speichern").click()
    other.get_by_text("Ihr Kommentar steht in der Geschichte.").wait_for()
    other.goto("/aufgaben/")
    assert other.get_by_text("Kommentare").count() == 0
    assert (page.complaints, other.complaints) == ([], [])


@pytest.mark.parametrize("width", [320, 768])
def test_without_scripts_on_a_phone_a_comment_is_refused_mended_and_withdrawn(open_page, row, width):
    page = open_page(make.user(), width=width, scripts=False)
    page.goto(f"/leistungen/{row.pk}/")
    page.get_by_label("Kommentar", exact=True).fill("Hallo @niemand")
    page.get_by_role("button", name="Kommentar speichern").click()
    assert "Diese Leistung sieht niemand mit diesem Namen: @niemand." in page.content()
    assert (page.get_by_label("Kommentar", exact=True).input_value(), sideways(page)) == ("Hallo @niemand", 0)
    page.get_by_label("Kommentar", exact=True).fill("Hallo")
    page.get_by_role("button", name="Kommentar speichern").click()
    page.get_by_role("button", name="Kommentar zurücknehmen").click()
    assert "sein Text wird nicht mehr gezeigt" in page.content()
    assert (Comment.objects.count(), sideways(page)) == (2, 0)


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (1280, True)])
def test_what_is_watched_is_looked_at_and_ended(open_page, row, clerk, width, scripts):
    page = open_page(clerk, width=width, scripts=scripts)
    page.goto(f"/leistungen/{row.pk}/")
    page.get_by_role("button", name="Leistung beobachten").click()
    page.get_by_role("button", name="Nicht mehr beobachten").wait_for()
    told = {"municipality": row.municipality, "row": row, "by": make.user()}
    Comment.objects.create(**told, text="neu", recorded_at=Watch.objects.get().seen_at.replace(year=2199))
    page.goto("/beobachtet/")
    page.get_by_text("ein Kommentar, zuletzt").wait_for()
    assert sideways(page) == 0
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Nicht mehr beobachten").click()
    page.get_by_text("Sie beobachten noch keine Leistung.").wait_for()
    assert Watch.objects.count() == 0

"""Where a link leads into a page: the field has the focus, and it can be seen of which service the page speaks."""

from datetime import date

import pytest

from ozg_tracker.accounts.models import Role
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def late():
    led = make.department("Bürgerdienste")
    row = make.row(
        make.service(name="Personalausweis Ausstellung"), department=led, level=1, planned_on=date(2020, 1, 1)
    )
    return row, make.user("leitung", Role.MANAGER, department=led)


# the browser may still be scrolling when the page has loaded, and a long page takes it longer
ARRIVED = (
    "() => { const at = document.querySelector(':target').getBoundingClientRect().top; return at >= 0 && at < 120 }"
)


def in_view(page, words):
    return any(
        0 <= box["y"] < page.viewport_size["height"]
        for each in page.get_by_text(words, exact=True).all()
        if each.is_visible() and (box := each.bounding_box())
    )


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(("deed", "field"), [("Neuer Termin", "planned_on"), ("Ist fertig", "level")])
def test_what_waits_is_reported_in_the_field_that_is_meant(open_page, late, width, deed, field):
    row, manager = late
    page = open_page(manager, width=width, height=640)
    page.goto("/")
    page.get_by_role("link", name=deed).first.click()
    page.wait_for_url(f"**/leistungen/{row.pk}/**")
    page.wait_for_function("document.activeElement.name")
    assert page.evaluate("document.activeElement.name") == field
    assert in_view(page, "Personalausweis Ausstellung")


@pytest.mark.parametrize("fragment", ["nachweis", "aendern"])
def test_after_a_jump_the_service_is_named(open_page, late, fragment):
    row, manager = late
    page = open_page(manager, width=320, height=640)
    page.goto(f"/leistungen/{row.pk}/#{fragment}")
    page.wait_for_function(ARRIVED)
    assert in_view(page, "Personalausweis Ausstellung")

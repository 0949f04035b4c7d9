"""Who is signed out while the grid is open is led to the sign-in; what was typed stays and is saved after it."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import MunicipalService
from tests import make
from tests.journeys.browser.grid import go
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows():
    led = make.department("Bürgerdienste")
    return [make.row(make.service(f"990010{n:02}000000", f"Leistung {n}"), department=led) for n in range(3)]


@pytest.fixture
def manager(rows):
    made = make.user("leitung", Role.MANAGER, department=rows[0].department)
    made.set_password("ein langer Satz")
    made.save()
    return made


def sign_out(page):
    """In another window of the same browser."""
    other = page.context.new_page()
    other.goto("/konto/")
    other.click(".ozg-user summary")
    other.click(".ozg-user button")
    other.wait_for_url("**/anmelden/")
    return other


def enter(page, row, value):
    go(page, row, "cases_per_year")
    page.keyboard.type(value)
    page.keyboard.press("Enter")


def sign_in(page):
    page.fill(".js-out [type=password]", "ein langer Satz")
    page.press(".js-out [type=password]", "Enter")
    page.wait_for_selector(".js-out", state="hidden")


def sign_in_here(page):
    page.fill("#id_login", "leitung")
    page.fill("#id_password", "ein langer Satz")
    page.press("#id_password", "Enter")
    page.wait_for_load_state()


def cases():
    return list(MunicipalService.objects.order_by("service__key").values_list("cases_per_year", flat=True))


def test_what_was_typed_is_saved_after_signing_in_again(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    sign_out(page).close()
    enter(page, rows[0], "17")
    page.wait_for_selector("text=Sie sind abgemeldet.")
    page.wait_for_selector(f"#r{rows[0].pk} .c-save >> text=abgemeldet, noch nicht gespeichert")
    enter(page, rows[1], "18")
    sign_in(page)
    page.locator(".ozg-save--ok").nth(1).wait_for()
    assert (cases(), page.locator(".js-out").is_visible()) == ([17, 18, None], False)
    assert page.evaluate("document.activeElement.matches('.ozg-grid td')")


def test_a_second_factor_is_given_in_a_window_of_its_own(open_page, manager, rows):
    TOTP.activate(manager, "A" * 32)
    code = RecoveryCodes.activate(manager).generate_codes()[0]
    page = open_page(manager)
    page.goto("/leistungen/")
    sign_out(page).close()
    enter(page, rows[0], "17")
    expect(page.locator(".js-out")).to_be_visible()
    page.fill(".js-out [type=password]", "ein langer Satz")
    page.press(".js-out [type=password]", "Enter")
    expect(page.get_by_text("Der Tracker fragt noch nach Ihrem zweiten Faktor")).to_be_visible()
    with page.context.expect_page() as opened:
        page.click("text=In neuem Fenster angeben")
    opened.value.fill("#id_code", code)
    with opened.value.expect_navigation():
        opened.value.press("#id_code", "Enter")
    opened.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # as coming back to the window does
    expect(page.locator(".ozg-save--ok")).to_be_visible()
    assert cases() == [17, None, None]


def test_a_change_of_many_rows_waits_too(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    page.locator("[name=chosen]").first.check()
    page.select_option("[name=bulk_state]", "planned")
    page.fill("[name=bulk_reason]", "Beschluss")
    sign_out(page).close()
    page.press("[name=bulk_reason]", "Enter")
    page.wait_for_selector("text=Sie sind abgemeldet.")
    sign_in(page)
    page.wait_for_selector(".js-out", state="hidden")
    page.click("text=Auf Auswahl anwenden")
    page.wait_for_selector("text=1 Leistung geändert.")


def test_signing_in_elsewhere_does_not_stop_the_grid(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    other = sign_out(page)
    other.fill("#id_login", "leitung")
    other.fill("#id_password", "ein langer Satz")
    other.press("#id_password", "Enter")
    other.wait_for_url(lambda url: "anmelden" not in url)
    enter(page, rows[0], "17")
    page.wait_for_selector(f"#r{rows[0].pk} .ozg-save--ok")
    assert cases() == [17, None, None]


def test_without_scripts_what_was_typed_is_sent_after_signing_in_again(open_page, manager, rows):
    page = open_page(manager, scripts=False)
    page.goto("/leistungen/")
    page.fill(f"[name=r{rows[0].pk}-cases_per_year]", "17")
    page.fill(f"[name=r{rows[1].pk}-cases_per_year]", "viele")
    sign_out(page).close()
    page.press(f"[name=r{rows[0].pk}-cases_per_year]", "Enter")
    assert "Was Sie eingegeben haben, ist nicht verloren" in page.inner_text("main")
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways(page) == 0
    sign_in_here(page)
    assert (sideways(page), cases()) == (0, [None, None, None])
    page.click("text=Eingaben jetzt abschicken")
    assert page.input_value(f"[name=r{rows[1].pk}-cases_per_year]") == "viele"
    assert cases() == [17, None, None]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_signing_in_elsewhere_keeps_the_form_of_a_service(open_page, manager, rows, scripts):
    page = open_page(manager, scripts=scripts)
    page.goto(f"/leistungen/{rows[0].pk}/")
    page.fill("#id_note", "Zeile 1\nZeile 2")
    sign_in_here(sign_out(page))
    page.get_by_role("button", name="Änderung speichern").last.click()
    page.set_viewport_size({"width": 320, "height": 640})
    assert (sideways(page), violations(page) if scripts else []) == (0, [])
    page.click("text=Eingaben jetzt abschicken")
    page.wait_for_selector("text=Änderung gespeichert.")
    assert MunicipalService.objects.get(pk=rows[0].pk).note.split() == ["Zeile", "1", "Zeile", "2"]

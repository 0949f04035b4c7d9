"""What anybody reads: without a script, without a mouse, on a phone; and the card in another site's frame."""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from reports.publishing.files import draw_public_files
from tests import make
from tests.journeys.browser.keys import Keys
from tests.journeys.browser.looking import sideways, violations
from tests.reports.publishing.public import HOME, opened, stored

pytestmark = pytest.mark.django_db(transaction=True)
EDITION = f"{HOME}berichte/2022/11/ausgabe-1/"


@pytest.fixture
def municipality(settings, live_server):
    settings.BASE_URL = live_server.url
    found = make.municipality("Stadt Musterstadt")
    stored()
    stored(2, approved_at=datetime(2022, 12, 12, 8, tzinfo=UTC))
    opened(make.user())
    draw_public_files(found)
    return found


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_fits_and_excludes_nobody(open_page, municipality, width):
    found = {}
    for address in (HOME, f"{HOME}?language=en", EDITION, f"{HOME}berichte/2022/11/", f"{HOME}karte/", "/pruefen/"):
        page = open_page(width=width)
        answer = page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        wrong = (answer.status, sideways(page), violations(page), page.complaints, page.context.cookies())
        if wrong[:4] != (200, 0, [], []) or (wrong[4] and address != "/pruefen/"):
            found[address] = wrong
    assert found == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_by_keyboard_without_a_script_from_the_newest_figure_to_a_file_that_is_checked(
    open_page, municipality, width, tmp_path
):
    page = open_page(width=width, scripts=False)
    keys = Keys(page)
    page.goto(HOME)
    keys.press("November 2022")
    assert page.url.endswith(f"{HOME}berichte/2022/11/")
    assert "Ausgabe 2 ersetzt Ausgabe 1." in page.inner_text("main")
    with page.expect_download() as started:
        keys.go("JSON")
        page.keyboard.press("Enter")
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    keys.press("Bericht prüfen")
    page.set_input_files("[name=file]", file)
    keys.press("Prüfen")
    assert "Unverändert, gültig" in page.inner_text("main")
    assert (sideways(page), page.complaints) == (0, [])


def test_a_replaced_edition_leads_to_the_one_that_holds_and_the_other_language_stays(open_page, municipality):
    page = open_page(width=320, scripts=False)
    page.goto(EDITION)
    page.get_by_role("link", name="English").last.click()
    assert page.url.endswith("?language=en")
    page.goto(EDITION)
    page.get_by_role("link", name="Zur gültigen Ausgabe").click()
    assert page.url.endswith(f"{HOME}berichte/2022/11/")


@pytest.fixture
def foreign(live_server):
    """The address of another site, which frames the card."""
    frame = f'<iframe src="{live_server.url}{HOME}karte/" title="Karte" width="320" height="180"></iframe>'

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><html lang=de><title>Andere Seite</title>{frame}".encode())

        def log_message(self, *told):
            pass

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_another_site_shows_the_card_and_the_card_leads_to_the_reports(open_page, municipality, live_server, foreign):
    page = open_page(width=400)
    page.goto(foreign)
    card = page.frame_locator("iframe")
    card.get_by_text("21 von 60").wait_for()
    with page.context.expect_page() as other:
        card.get_by_role("link").press("Enter")
    assert other.value.url == f"{live_server.url}{HOME}"
    assert page.complaints == []

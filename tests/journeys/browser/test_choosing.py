"""What a person decides by one key: sides of a merge, and rows of a municipality's own list; on a phone and without
scripts too. The keys of three whole lists are counted and printed.
"""

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import Merge, MunicipalService, OwnListRow
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.journeys.browser.looking import sideways, violations
from tests.tracking.exchange.own_list_files import AMBERG, DORNBACH, catalogue, claustal

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = ("99102013104000", "99102013105000", "99102013106000")


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def merge(coordinator):
    """Three rows that were changed meanwhile, and one word that means nothing."""
    for at, key in enumerate(KEYS):
        row = make.row(make.service(key, f"Leistung {at}"))
        facts = {"seen_version": None, "by": coordinator, "reason": "", "effective_on": timezone.localdate()}
        change_status(row, {"state": "planned"}, **facts)
    make.row(make.service("99102013107000", "Leistung 3"))
    lines = "".join(f"{key};in Umsetzung;1\n" for key in KEYS)
    return make.merge(coordinator, text=f"Schlüssel;Stand;Version\n{lines}99102013107000;läuft;1\n")


def states():
    return list(MunicipalService.objects.order_by("service__name").values_list("state", flat=True))


def test_sides_are_chosen_by_one_key_each_and_words_mended_in_place(open_page, coordinator, merge):
    page = open_page(coordinator)
    page.goto(f"/leistungen/abgleich/{merge.pk}/")
    page.locator("[data-sides] input[type=radio]").first.focus()
    for key in ("1", "2", "ArrowUp", "1", "ArrowDown", "2"):
        page.keyboard.press(key)
    page.locator("select[name='mend-3-state']").select_option("blockiert")
    page.get_by_role("button", name="Nur merken").click()
    page.get_by_text("Gemerkt. Übernommen ist noch nichts.").wait_for()
    assert states() == ["planned", "planned", "planned", "open"] and Merge.objects.get().rows == 4
    page.get_by_label("Begründung für Zeilen").fill("Dienstbesprechung")
    page.keyboard.press("Enter")  # the harmless deed: noted, not taken
    page.wait_for_load_state()
    assert states() == ["planned", "planned", "planned", "open"]
    page.get_by_role("button", name="übernehmen").click()
    page.wait_for_url("**/leistungen/?changed_at=*")
    assert states() == ["in_progress", "in_progress", "planned", "blocked"] and page.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_merge_stands_on_a_phone_and_has_no_barrier(open_page, coordinator, merge, scripts):
    page = open_page(coordinator, width=320, scripts=scripts)
    page.goto(f"/leistungen/abgleich/{merge.pk}/")
    assert not sideways(page)
    if scripts:
        assert violations(page) == []
    for choice in page.locator("input[type=radio][value=mine]").all():
        choice.check()
    page.get_by_label("Zeile weglassen").check()
    page.get_by_role("button", name="übernehmen").click()
    page.get_by_text("3 Zeilen übernommen.").wait_for()
    assert states() == ["in_progress", "in_progress", "in_progress", "open"]


def test_three_lists_of_other_shapes_end_with_every_row_decided_and_the_keys_are_counted(open_page, coordinator):
    catalogue()
    page, told = open_page(coordinator), []
    for content in (AMBERG.encode(), claustal(), DORNBACH.encode()):
        own_list = make.own_list(coordinator, content)
        page.goto(f"/leistungen/eigene-liste/{own_list.pk}/")
        told.append((OwnListRow.objects.of(own_list).count(), _decide(page, own_list)))
        assert not OwnListRow.objects.of(own_list).filter(outcome="open").exists()
        page.get_by_role("button", name="Weiter zum Abgleich").click()
        page.get_by_role("heading", name="Abgleich").wait_for()
    rows, keys = (sum(each) for each in zip(*told, strict=True))
    each = keys / rows
    print(f"\neigene Listen: {rows} Zeilen, {keys} Tasten, {each:.2f} je Zeile, 214 Zeilen: {214 * each:.0f}")  # noqa: T201
    assert keys <= rows and page.complaints == []


def _decide(page, own_list):
    """One key for each open row: the likest where it is rather alike, else an own service or left in the list."""
    keys = 0
    while page.locator("#zeile").count():
        before = page.locator("#zeile").inner_text()
        alike = page.locator("[data-key='1'] .ozg-sure")
        percent = int((alike.inner_text().split(" %")[0] or 0) if alike.count() else 0)
        page.keyboard.press("1" if percent >= 50 else "l" if "Summe" in before else "e")
        page.wait_for_function("before => document.querySelector('#zeile')?.innerText !== before", arg=before)
        keys += 1
    return keys


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_own_list_stands_on_a_phone_and_has_no_barrier(open_page, coordinator, scripts):
    catalogue()
    page = open_page(coordinator, width=320, scripts=scripts)
    own_list = make.own_list(coordinator, AMBERG.encode(), mapped=False)
    for address in ("", f"{own_list.pk}/spalten/"):
        page.goto(f"/leistungen/eigene-liste/{address}")
        assert not sideways(page) and (not scripts or violations(page) == [])
    page.get_by_role("button", name="Weiter zu den Zeilen").click()
    page.locator("#zeile").wait_for()
    assert not sideways(page) and (not scripts or violations(page) == [])
    page.locator("[data-key='1']").click()
    page.get_by_text("6 von 8 Zeilen entschieden").wait_for()
    page.get_by_label("Im Katalog suchen").fill("Reisepass")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Reisepass Verlustanzeige").wait_for()

"""Enter in every field of every form with several buttons: it does the form's own deed, or nothing is lost."""

import pytest
from playwright.sync_api import expect

from catalog.models import Succession
from ozg_tracker.tracking.models import MunicipalService, ScopeProfile
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

# the forms of a page with more than one button to send them
SEVERAL = """() => [...document.forms].flatMap((form, at) =>
    [...form.elements].filter((each) => each.matches("button:not([type=button]), input[type=submit]")).length > 1
        ? [at] : [])"""
# the first field of each kind: the cells of one row stand for those of all
FIELDS = """at => {
    const seen = new Set();
    return [...document.forms[at].elements].flatMap((each, n) => {
        const kind = each.name.replace(/[0-9]+/g, "") + each.type;
        if (!each.matches("input:not([type=hidden])") || !each.checkVisibility() || each.disabled) return [];
        return seen.has(kind) ? [] : (seen.add(kind), [n]);
    });
}"""
FILL = """at => {
    for (const each of document.forms[at].elements) {
        if (each.closest("td[data-field]") || each.disabled) continue;
        if (each.type === "checkbox") each.checked = true;
        else if (each.matches("[type=text], textarea")) each.value = each.value || "Wegen Umbau";
        else if (each.tagName === "SELECT") each.selectedIndex = each.options.length > 3 ? 2 : each.selectedIndex;
    }
}"""
ENTERED = """at => document.forms[at] ? [...document.forms[at].elements].flatMap((each) =>
    !each.name || each.closest("td[data-field]") || each.matches("button, [type=hidden]") ? [] :
    [[each.name, each.type === "checkbox" ? each.value + each.checked : each.value]]) : []"""


@pytest.fixture
def places():
    """Every page with such a form, by the role that sees it."""
    office = make.department("Bürgerdienste")
    people = {
        role: make.user(role, role, department=office) for role in ("operator", "coordinator", "manager", "staff")
    }
    old, new = make.service(), make.service("99102013104001", "Hundesteuer anmelden")
    for service in (old, new):
        make.row(service, department=office, level=1, owner=people["staff"])
    loaded = make.catalogue_import()
    Succession.objects.create(catalogue_import=loaded, old=old, new=new, origin="suggested", similarity=90)
    decide = f"/katalog/importe/{loaded.pk}/"
    return people, {
        "operator": [decide],
        "coordinator": ["/leistungen/", "/leistungen/klaeren/", decide],
        "manager": ["/leistungen/"],
        "staff": ["/leistungen/"],
    }


def undecided():
    """Something to decide on each page, whatever the attempt before has decided."""
    number = MunicipalService.objects.count()
    make.row(make.service(f"9911{number:010}", f"Zweitwohnungssteuer {number}"), responsibility="unclear")
    Succession.objects.update(accepted=None, decided_at=None)


def attempts(page, address):
    """The page anew for each field of each of its forms with several buttons, filled in, with what was entered."""
    undecided()
    page.goto(address)
    for at in page.evaluate(SEVERAL):
        for n in page.evaluate(FIELDS, at):
            undecided()
            page.goto(address)
            page.evaluate(FILL, at)
            yield at, n, page.evaluate(ENTERED, at)


def pressed(page, at, n):
    field = page.evaluate_handle("([at, n]) => document.forms[at].elements[n]", [at, n]).as_element()
    field.press("Enter")
    page.wait_for_load_state("networkidle")  # with scripts a form is sent a moment later


def done(page):
    return page.locator(".ozg-note--ok").count() > 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("role", ["operator", "coordinator", "manager", "staff"])
def test_enter_does_the_deed_or_loses_nothing(open_page, places, role, scripts):
    people, addresses = places
    page = open_page(people[role], scripts=scripts)
    tried, lost = set(), {}
    for address in addresses[role]:
        for at, n, entered in attempts(page, address):
            pressed(page, at, n)
            tried.add(address)
            if not done(page) and page.evaluate(ENTERED, at) != entered:
                lost[address, n] = (entered, page.evaluate(ENTERED, at), page.inner_text("main")[:300])
    assert lost == {}
    assert tried == set(addresses[role])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_enter_in_the_reason_for_many_rows(open_page, places, scripts):
    people, _addresses = places
    page = open_page(people["manager"], scripts=scripts)
    page.goto("/leistungen/")
    page.locator("[name=chosen]").first.check()
    page.select_option("[name=bulk_state]", "blocked")
    page.fill("[name=bulk_reason]", "Fachverfahren fehlt")
    page.press("[name=bulk_reason]", "Enter")
    if not scripts:
        assert "Die Sammeländerung ist noch nicht angewendet" in page.inner_text("main")
        page.click("text=Auf Auswahl anwenden")
    page.wait_for_selector("text=1 Leistung geändert.")
    assert MunicipalService.objects.filter(state="blocked").count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_enter_looks_at_a_rule_before_it_is_saved(open_page, places, scripts):
    people, _addresses = places
    page = open_page(people["operator"], scripts=scripts)
    page.goto("/katalog/profile/kreisangehoerig/aendern/?criterion=ozg_id&value=10001")
    known = ScopeProfile.objects.count()
    entered = {"values": "10041", "reason": "Gesetz", "source": "§ 1", "why": "neue Rechtslage"}
    for name, text in entered.items():
        page.fill(f"#id_{name}", text)
    page.select_option("#id_responsibility", "state")
    for _again in range(2):
        with page.expect_navigation():
            page.press("#id_values", "Enter")
        expect(page.locator("button[value=save]")).to_be_visible()
        assert {name: page.input_value(f"#id_{name}") for name in entered} == entered
    assert ScopeProfile.objects.count() == known

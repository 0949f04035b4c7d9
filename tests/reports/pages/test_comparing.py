"""The page of the comparison: who sees what, and the form as the page sends it."""

import re

import pytest
from lxml import html

from ozg_tracker.accounts.models import Role
from reports.comparing.compute_months import compute_due_months
from reports.models import ComparisonAgreement, Edition
from tests import make
from tests.counting import queries
from tests.reports.comparing.several import DUE, NOVEMBER, OCTOBER, members, reports, says

pytestmark = pytest.mark.django_db
PAGE = "/berichte/vergleich/"
SIX = (10, 20, 30, 40, 50, 60)


def compared(*rates):
    everybody = members(*(rates or SIX))
    compute_due_months(DUE[OCTOBER])
    return everybody


def words(answer):
    return " ".join(html.fromstring(answer.content).xpath("//main")[0].text_content().split())


def table(answer):
    rows = html.fromstring(answer.content).xpath("//section[@aria-labelledby='kind-h']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def sent_by(answer):
    """Where the page's form goes, and what it sends untouched."""
    form = next(each for each in html.fromstring(answer.content).forms if "vergleich" in each.action)
    return form.action, {
        key: (value or "").strip() for key, value in form.fields.items() if key != "csrfmiddlewaretoken"
    }


def test_ones_own_rates_stand_beside_the_quartiles(sign_in, coordinator):
    compared()
    answer = sign_in(coordinator).get(PAGE)
    quartiles = ["23 %", "35 %", "48 %"]
    assert table(answer) == [
        ["Fertige Leistungen", "10,0 % (10 von 100)", *quartiles],
        ["OZG-Leistungen online", "10,0 % (10 von 100)", *quartiles],
        ["OZG-Leistungen vollständig", "10,0 % (10 von 100)", *quartiles],
    ]


def test_no_other_municipality_is_named(sign_in, coordinator):
    compared()
    assert re.findall(r"Ort \d", words(sign_in(coordinator).get(PAGE))) == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.COUNCIL])
def test_everybody_who_reads_reports_sees_it_without_the_form(sign_in, role, department):
    make.user()
    person = make.user("jemand", role, department=None if role == Role.COUNCIL else department)
    compared()
    answer = sign_in(person).get(PAGE)
    assert (len(table(answer)), f'action="{PAGE}' in answer.text, "Verlauf" in answer.text) == (3, False, False)


def test_who_has_not_agreed_sees_who_can_and_no_figures(sign_in, coordinator):
    ours, *_others = compared()
    says(ours, agreed=False)
    answer = sign_in(coordinator).get(PAGE)
    assert "Zustimmen kann die OZG-Koordination Ihrer Kommune." in words(answer)
    assert (table(answer), "%" in words(answer)) == ([], False)


def test_before_a_month_is_compared_the_page_says_when_that_is(sign_in, coordinator):
    members(*SIX)
    told = words(sign_in(coordinator).get(PAGE))
    assert "Noch ist kein Monat verglichen. Das geschieht von selbst nach dem 10. des folgenden Monats." in told


def test_a_group_that_is_not_shown_says_why(sign_in, coordinator):
    compared(*SIX[:5])
    answer = sign_in(coordinator).get(PAGE)
    assert (table(answer), words(answer).count("Für diese Gruppe wird in diesem Monat nichts gezeigt")) == ([], 2)


def test_a_month_without_a_published_report_of_ones_own_says_so(sign_in, coordinator):
    ours, *_others = compared()
    for each in members_but_ours():
        reports(each, 50, NOVEMBER)
    compute_due_months(DUE[NOVEMBER])
    client = sign_in(coordinator)
    assert "Für diesen Monat hat Ihre Kommune keinen veröffentlichten Bericht" in words(client.get(PAGE))
    assert len(table(client.get(f"{PAGE}?month=2022-10"))) == 3
    assert Edition.objects.filter(municipality=ours).count() == 1


def members_but_ours():
    agreeing = ComparisonAgreement.objects.exclude(municipality=make.municipality())
    return [each.municipality for each in agreeing.select_related("municipality")]


@pytest.mark.parametrize(("query", "status"), [("month=2022-09", 404), ("month=x", 404), ("monat=2022-10", 400)])
def test_a_month_that_was_not_compared_is_not_there(sign_in, coordinator, query, status):
    compared()
    assert sign_in(coordinator).get(f"{PAGE}?{query}").status_code == status


def test_the_coordination_agrees_and_ends_it_as_the_page_sends_it(sign_in, coordinator):
    client = sign_in(coordinator)
    action, sent = sent_by(client.get(PAGE))
    assert (action, sent) == (f"{PAGE}zustimmen/", {"reason": "", "seen": "0"})
    refused = client.post(action, sent)
    assert (refused.status_code, "Bitte begründen Sie das" in refused.text) == (400, True)
    answer = client.post(action, sent | {"reason": "Beschluss"}, follow=True)
    assert "Ihre Kommune nimmt vom nächsten verglichenen Monat an teil." in answer.text
    action, sent = sent_by(answer)
    assert action == f"{PAGE}beenden/"
    late = client.post(action, sent | {"reason": "Widerruf", "seen": "0"})
    assert (late.status_code, "Inzwischen hat jemand anderes das geändert." in late.text) == (400, True)
    _action, again = sent_by(late)  # what holds now was seen: sent once more, it is taken
    answer = client.post(action, again, follow=True)
    assert "Ihre Kommune nimmt am Vergleich nicht mehr teil." in answer.text
    assert list(ComparisonAgreement.objects.values_list("agreed", flat=True)) == [False, True]


def test_it_asks_as_often_for_twelve_as_for_six(sign_in, coordinator):
    compared()
    six = queries(sign_in(coordinator), PAGE)
    for number, each in enumerate(members_but_ours()):
        reports(each, number, NOVEMBER)
    reports(make.municipality(), 50, NOVEMBER)
    compute_due_months(DUE[NOVEMBER])
    assert queries(sign_in(coordinator), PAGE) == six

"""The coordination's page: the form is sent as the page has it."""

import re

import pytest

from ozg_tracker.accounts.models import Role
from reports.models import Publication
from tests import make
from tests.reports.publishing.public import HOME, SAID, opened, stored

pytestmark = pytest.mark.django_db
PAGE = "/berichte/oeffentlich/"
_FIELD = re.compile(r"<(?:input|textarea)[^>]*>")


def form_at(page, action):
    """What the page's form with this address sends untouched: texts, hidden fields and the licence that is chosen."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page, re.DOTALL)[0]
    sent = {}
    for field in _FIELD.findall(form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', field))
        if told["name"] != "csrfmiddlewaretoken" and (told.get("type") != "radio" or " checked" in field):
            sent[told["name"]] = told.get("value", "")
    return sent


def test_the_reports_become_public_change_their_licence_and_end(sign_in, coordinator):
    stored()
    client = sign_in(coordinator)
    page = client.get(PAGE).content.decode()
    assert "Nicht öffentlich: Berichte liest nur, wer sich anmeldet." in page
    sent = form_at(page, PAGE)
    assert sent == {
        "licence": "dl-by-de/2.0",
        "publisher": "Musterstadt",
        "mail": "",
        "contributor": "",
        "reason": "",
        "seen": "0",
    }
    answer = client.post(PAGE, sent | SAID, follow=True)
    assert "sind jetzt ohne Anmeldung zu lesen" in answer.text and f'href="{HOME}"' in answer.text
    sent = form_at(answer.content.decode(), PAGE)
    assert (sent["publisher"], sent["mail"], sent["reason"]) == (SAID["publisher"], SAID["mail"], "")
    assert "CC BY 4.0" in client.post(PAGE, sent | {"licence": "cc-by/4.0", "reason": "neu"}, follow=True).text
    ending = form_at(client.get(PAGE).content.decode(), f"{PAGE}beenden/")
    answer = client.post(f"{PAGE}beenden/", ending | {"reason": "Datenschutz"}, follow=True)
    assert "Ohne Anmeldung ist nichts mehr zu lesen." in answer.text and "Datenschutz" in answer.text
    assert list(Publication.objects.values_list("public", flat=True)) == [False, True, True]


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(sign_in, coordinator):
    client = sign_in(coordinator)
    answer = client.post(PAGE, {"publisher": "Stabsstelle", "mail": "x", "seen": "0", "reason": ""})
    assert answer.status_code == 400
    assert "Bitte nennen Sie eine E-Mail-Adresse der Stelle." in answer.text and 'value="Stabsstelle"' in answer.text
    answer = client.post(PAGE, SAID | {"reason": "", "seen": "0"})
    assert (answer.status_code, "Bitte begründen Sie das" in answer.text) == (400, True)


def test_who_is_late_is_told_and_changes_nothing(sign_in, coordinator):
    client = sign_in(coordinator)
    opened(coordinator)
    answer = client.post(PAGE, SAID | {"seen": "0", "licence": "cc-by/4.0"})
    assert (answer.status_code, "Inzwischen hat jemand anderes das geändert." in answer.text) == (400, True)
    again = form_at(answer.content.decode(), PAGE)  # what holds now was seen: sent once more, it is taken
    answer = client.post(f"{PAGE}beenden/", {"reason": "x", "seen": "0"})
    assert (answer.status_code, Publication.objects.count()) == (400, 1)
    assert client.post(PAGE, again | {"reason": "Beschluss"}).status_code == 302
    assert Publication.objects.count() == 2


def test_the_archive_leads_there_for_the_coordination_alone(sign_in, coordinator):
    assert f'href="{PAGE}"' in sign_in(coordinator).get("/berichte/").text
    assert f'href="{PAGE}"' not in sign_in(make.user("rat", Role.COUNCIL)).get("/berichte/").text


def test_the_history_names_no_foreign_municipality(sign_in, coordinator):
    other = make.municipality("Nachbarstadt", "159990010020")
    opened(make.user("nachbar", municipality=other), other, publisher="Nachbarstadt, Amt 10")
    assert "Nachbarstadt" not in sign_in(coordinator).get(PAGE).text

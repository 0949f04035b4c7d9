"""A list of people through the page: brought in, looked at, taken over."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ozg_tracker.accounts.models import Role, User
from tests import make

pytestmark = pytest.mark.django_db
LIST = "E-Mail;Vorname;Nachname;Rolle;Telefon\r\nkim@example.invalid;Kim;Probe;Sachbearbeitung;110"


def _bring(client, text):
    file = SimpleUploadedFile("personal.csv", text.encode())
    return client.post(reverse("people_list"), {"file": file}, follow=True)


def test_a_list_is_looked_at_before_it_is_taken_over(sign_in, coordinator):
    make.user("ohne", Role.STAFF)
    client = sign_in(coordinator)
    page = _bring(client, LIST)
    assert "personal.csv · 1 Zeile · Noch ist nichts geändert." in page.text
    assert "Die Spalte „Telefon“ wird nicht gelesen." in page.text and "ohne" in page.text
    assert not User.objects.filter(email="kim@example.invalid").exists()
    token = re.search(r'name="file" value="([^"]+)"', page.text).group(1)
    done = client.post(reverse("apply_people_list"), {"file": token}, follow=True)
    assert "Eine Person ist übernommen." in done.text and "Kim Probe" in done.text
    assert "Diese Liste ändert nichts." in _bring(client, LIST).text
    gone = client.post(reverse("apply_people_list"), {"file": token}, follow=True)
    assert "Die Liste ist nicht mehr da" in gone.text


def test_a_list_with_an_error_cannot_be_taken_over(sign_in, coordinator):
    client = sign_in(coordinator)
    page = _bring(client, LIST.replace("Sachbearbeitung", "Königin"))
    assert "Die Rolle „Königin“ gibt es nicht." in page.text and "Liste übernehmen" not in page.text
    token = re.search(r"file=([^&]+)", page.redirect_chain[-1][0]).group(1)
    assert client.post(reverse("apply_people_list"), {"file": token}).status_code in (302, 400)
    assert not User.objects.filter(email="kim@example.invalid").exists()


def test_the_file_of_somebody_else_is_none(sign_in, coordinator):
    page = _bring(sign_in(coordinator), LIST)
    token = re.search(r'name="file" value="([^"]+)"', page.text).group(1)
    other = sign_in(make.user("zweite"))
    assert "nicht mehr da" in other.post(reverse("apply_people_list"), {"file": token}, follow=True).text


def test_without_a_file_nothing_is_read(sign_in, coordinator):
    answer = sign_in(coordinator).post(reverse("people_list"), {})
    assert answer.status_code == 400 and "Bitte wählen Sie eine Datei." in answer.text


def test_for_a_department_that_is_not_known_another_is_chosen_or_its_lines_are_left_out(sign_in, coordinator):
    make.department("Straßenverkehr")
    client = sign_in(coordinator)
    lines = "kim@example.invalid;Kim;Straßenverkehrsamt\r\nben@example.invalid;Ben;Zoo\r\n"
    page = _bring(client, f"E-Mail;Vorname;Fachbereich\r\n{lines}")
    assert "Fachbereiche, die hier nicht bekannt sind" in page.text and "Liste übernehmen" not in page.text
    assert re.search(r'label="ähnlich">\s*<option>Straßenverkehr</option>', page.text)
    token = re.search(r'name="file" value="([^"]+)"', page.text).group(1)
    chosen = {"file": token, "unknown": ["Straßenverkehrsamt", "Zoo"], "instead": ["Straßenverkehr", "–"]}
    page = client.get(reverse("preview_people_list"), chosen)
    assert "<option selected>Straßenverkehr</option>" in page.text and 'value="–" selected' in page.text
    assert "Die Zeile bleibt weg, wie gewählt" in page.text and "Liste übernehmen" in page.text
    client.post(reverse("apply_people_list"), chosen)
    told = User.objects.filter(email__endswith="@example.invalid", memberships__department__name="Straßenverkehr")
    assert [str(each) for each in told] == ["Kim"] and not User.objects.filter(email="ben@example.invalid").exists()

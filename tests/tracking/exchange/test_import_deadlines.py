"""Several deadlines at once from a list: planned, tried, and set as one or not at all."""

import json
from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.exchange.import_deadlines import import_deadlines
from ozg_tracker.tracking.models import Deadline
from tests import make
from tests.spreadsheets.office import resaved

pytestmark = pytest.mark.django_db
LIST = """Frist;Tag;Gilt für;Auswahl;Liste;Quelle;Gilt ab;Begründung
Rat;31.01.2027;;;;Beschluss vom 12.03.2026;;
Kita;2027-03-31;Bündel;10041;;Dienstanweisung 8;01.10.2026;Lieferung
Gewerbe;31.12.2027;Gewerbeamt;;;Zielvereinbarung;01.01.2027;
Melden;30.06.2027;Liste;99000000000001, 99000000000002;Meldewesen;Beschluss;;
"""


@pytest.fixture(autouse=True)
def _world():
    Deadline.objects.all().delete()
    make.department("Gewerbeamt")
    for number in (1, 2):
        make.row(make.service(f"9900000000000{number}", bundles=[make.bundle("10041")]))
    with time_machine.travel("2026-11-24 10:00Z", tick=False):
        yield


def read(tmp_path, text, **how):
    path = tmp_path / "fristen.csv"
    path.write_text(text, "utf-8")
    return import_deadlines(path, make.municipality(), **how)


def test_a_list_sets_each_with_its_scope_and_day_and_the_same_again_changes_nothing(tmp_path):
    tried = read(tmp_path, LIST, dry_run=True)
    assert ([line.hits.whole for line in tried.new], Deadline.objects.count()) == ([2, 2, 0, 2], 0)
    assert len(read(tmp_path, LIST).new) == 4
    scopes = Deadline.objects.order_by("name").values_list("name", "scope", "ended")
    assert list(scopes) == [
        ("Gewerbe", "department", True),
        ("Kita", "bundles", False),
        ("Melden", "list", False),
        ("Rat", "all", False),
    ]
    again = read(tmp_path, LIST)
    assert (again.new, again.changed, again.unchanged) == ([], [], 4)
    later = read(tmp_path, LIST.replace("31.01.2027", "28.02.2027"))
    assert [line.facts.name for line in later.changed] == ["Rat"]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("31.01.2027", "morgen", "„morgen“ ist kein Tag"),
        ("31.01.2027", "", "Der Tag der Frist fehlt"),
        ("Beschluss vom 12.03.2026", "", "Die Quelle fehlt"),
        ("10041", "99999", "steht nicht im Katalog: 99999"),
        (";Gewerbeamt;", ";Fachbereich: Bauamt;", "Einen Fachbereich „Bauamt“ gibt es nicht"),
        (";Gewerbeamt;", ";Gewerbamt;", "ist kein Geltungsbereich"),
        ("99000000000002", "99000000000009", "nicht bekannt: 99000000000009"),
        ("Kita;", "Rat;", "steht schon in Zeile 2"),
        ("01.10.2026", "01.10.1926", "zwischen August 2017"),
        (";Tag;", ";Wann;", "Zeile mit den Überschriften fehlt"),
        (";Quelle;", ";Woher;", "Die Spalte „Quelle“ fehlt"),
    ],
)
def test_an_error_refuses_the_list_as_a_whole_and_says_where(tmp_path, before, after, sentence):
    outcome = read(tmp_path, LIST.replace(before, after, 1))
    assert outcome.refused and sentence in " ".join(each.message for each in outcome.problems)
    assert Deadline.objects.count() == 0


def test_the_command_tries_and_sets(tmp_path, capsys):
    path = tmp_path / "fristen.csv"
    path.write_text(LIST, "utf-8")
    words = ("import_deadlines", str(path), "--municipality", make.ARS)
    call_command(*words, "--dry-run")
    assert capsys.readouterr().out == (
        "Probelauf, nichts wurde geändert. Fristen neu: 4, geändert: 0, unverändert: 0.\n"
    )
    call_command(*words, "--json")
    assert json.loads(capsys.readouterr().out) == {
        "rows": 4,
        "applied": True,
        "new": ["Rat", "Kita", "Gewerbe", "Melden"],
        "changed": [],
        "unchanged": 0,
        "problems": [],
    }
    path.write_text("Frist;Tag\n", "utf-8")
    with pytest.raises((CommandError, SystemExit)):
        call_command(*words)


def test_the_pages_take_a_pasted_list_show_it_and_set_it(client):
    client.force_login(make.user())
    assert "fügen Sie eine Liste ein" in client.post(reverse("deadline_list"), {"text": " "}).text
    pasted = LIST.replace(";", "\t")
    preview = client.post(reverse("deadline_list"), {"text": pasted}, follow=True)
    assert "Was die Liste ändern würde" in preview.text and "1 von 2" not in preview.text
    assert Deadline.objects.count() == 0
    token = preview.context["token"]
    done = client.post(reverse("apply_deadline_list"), {"file": token}, follow=True)
    assert "Fristen neu: 4, geändert: 0." in done.text
    assert "nicht mehr da" in client.post(reverse("apply_deadline_list"), {"file": token}, follow=True).text
    bad = client.post(reverse("deadline_list"), {"text": pasted.replace("30.06.2027", "nie")}, follow=True)
    assert "„nie“ ist kein Tag" in bad.text and "Liste übernehmen" not in bad.text


def test_who_does_not_keep_deadlines_has_no_list(client):
    client.force_login(make.user("amt", Role.STAFF))
    assert client.get(reverse("deadline_list")).status_code == 403


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_list_that_libreoffice_saved_reads_the_same(tmp_path, form):
    book = Workbook()
    book.active.append(LIST.splitlines()[0].split(";"))
    book.active.append(["Rat", date(2027, 1, 31), None, None, None, "Beschluss vom 12.03.2026"])
    book.active.append(["Gewerbe", "31.12.2027", "Gewerbeamt", None, None, "Zielvereinbarung", date(2027, 1, 1)])
    book.active["B2"].number_format = "DD.MM.YYYY"
    book.save(tmp_path / "fristen.xlsx")
    outcome = import_deadlines(resaved(tmp_path, tmp_path / "fristen.xlsx", form), make.municipality())
    assert (outcome.problems, [(line.facts.name, line.facts.date, line.effective_on) for line in outcome.new]) == (
        [],
        [("Rat", date(2027, 1, 31), date(2026, 11, 24)), ("Gewerbe", date(2027, 12, 31), date(2027, 1, 1))],
    )

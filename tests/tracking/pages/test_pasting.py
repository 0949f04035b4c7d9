"""Cells pasted into the grid: the same words as in a file, nothing lost in silence, nothing emptied."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import Merge, MunicipalService
from tests import make
from tests.tracking.pages.grid_forms import form
from tests.white_space import squeezed

KEYS = [f"9910201310{number}000" for number in range(6)]
FIELDS = ("responsibility", "state", "level", "planned_on", "online_url", "cases_per_year")


@pytest.fixture
def rows(department):
    return [
        make.row(make.service(key, f"Leistung {number}"), department=department, level=1, planned_on=date(2026, 12, 31))
        for number, key in enumerate(KEYS)
    ]


@pytest.fixture
def client(sign_in, manager):
    return sign_in(manager)


def paste(client, rows, text, field="state"):
    """What the page sends for a block pasted at `field` of the first of `rows`, and its answer."""
    sent = form(client.get("/leistungen/"))
    wanted = {name: values for name, values in sent.items() if name.split("-")[0] in {f"r{row.pk}" for row in rows}}
    data = wanted | {"row": [row.pk for row in rows], "field": field, "text": text}
    return client.post("/leistungen/einfuegen/", data)


def told(answer):
    """The list of what was not taken, as text."""
    found = re.findall(r"<li>(.*?)</li>", answer.json()["told"], re.S)
    return [unescape(re.sub(r"<[^>]+>", "", each)) for each in found]


def stored(row):
    row = MunicipalService.objects.select_related("level").get(pk=row.pk)
    return (row.state, row.level.number if row.level else None, row.planned_on)


def test_what_cannot_be_read_is_told_and_keeps_what_the_cell_had(client, rows):
    lines = (
        "geplant\t2\t31.12.2027\nerledigt\t3\t\nIn Arbeit\t2\t30.06.27\nin Umsetzung\t1\t31.03.2027\nfertig\t3\t\n"
        "geplant\tdrei\t32.01.2027"
    )
    answer = paste(client, rows, lines)
    words = "Möglich sind: offen, geplant, in Umsetzung, fertig, blockiert."
    assert told(answer) == [
        f"Leistung 1, Stand: „erledigt“ gibt es bei Stand nicht. {words}",
        f"Leistung 2, Stand: „In Arbeit“ gibt es bei Stand nicht. {words}",
        "Leistung 5, Reifegrad: „drei“ ist kein Reifegrad. Bitte die Nummer schreiben, etwa 3; „–“ heißt nicht"
        " bewertet.",
        "Leistung 5, Geplant bis: „32.01.2027“ ist kein Tag. Bitte als 2022-11-30 oder 30.11.2022 schreiben.",
    ]
    before = ("open", 1, date(2026, 12, 31))
    assert [stored(row) for row in rows] == [
        *[("planned", 2, date(2027, 12, 31)), before, before],
        *[("in_progress", 1, date(2027, 3, 31)), ("done", 3, date(2026, 12, 31)), before],
    ]
    drawn = squeezed(answer.json()["lines"]).split("<tr ")[1:]
    saved = [line.split('"')[1] for line in drawn if "ozg-save--ok" in line]
    assert saved == [f"r{rows[number].pk}" for number in (0, 3, 4)]
    waiting = next(line for line in drawn if f'id="r{rows[2].pk}"' in line)
    assert f'name="r{rows[2].pk}-planned_on" value="2027-06-30"' in waiting and "nicht gespeichert" in waiting
    marked = re.findall(
        r'data-field="(\w+)"[^>]* class="no"', next(line for line in drawn if f'id="r{rows[5].pk}"' in line)
    )
    assert marked == ["level", "planned_on"]


def test_lines_below_the_last_row_and_cells_right_of_the_last_column_are_named(client, rows):
    answer = paste(client, rows[5:], "geplant\n\nfertig\t3\noffen\n", field="state")
    assert told(answer) == [
        "Eingefügte Zeile 3 („fertig · 3“): Darunter steht auf dieser Seite keine Leistung mehr.",
        "Eingefügte Zeile 4 („offen“): Darunter steht auf dieser Seite keine Leistung mehr.",
    ]
    assert stored(rows[5])[0] == "planned"
    answer = paste(client, rows[:1], "12\tText daneben", field="cases_per_year")
    assert told(answer) == ["Leistung 0: Rechts davon steht keine Spalte mehr („Text daneben“)."]
    assert MunicipalService.objects.get(pk=rows[0].pk).cases_per_year is None


def test_an_empty_cell_leaves_and_a_dash_clears(client, rows):
    assert told(paste(client, rows[:2], "\t2\t–\ngeplant\t\t")) == []
    assert [stored(row) for row in rows[:2]] == [("open", 2, None), ("planned", 1, date(2026, 12, 31))]


def test_a_cell_of_several_lines_is_one_cell_and_a_lone_quote_a_letter(client, rows):
    answer = paste(client, rows[:2], '"geplant\nbald"\t2\ngeplant\t2')
    assert [each.split(":")[0] for each in told(answer)] == ["Leistung 0, Stand"]
    assert stored(rows[1])[:2] == ("planned", 2)
    answer = paste(client, rows[2:4], '"bald\ngeplant')
    assert [each.split(":")[0] for each in told(answer)] == ["Leistung 2, Stand"]
    assert stored(rows[3])[0] == "planned"


def test_a_rule_that_refuses_a_line_is_told_too(client, rows):
    told_of = told(paste(client, rows[:2], "fertig\t2\ngeplant\t2"))
    assert told_of == ["Leistung 0: „fertig“ braucht einen Reifegrad ab 3. Bitte Reifegrad oder Stand ändern."]
    assert [stored(row)[:2] for row in rows[:2]] == [("open", 1), ("planned", 2)]


def test_who_may_not_change_a_field_is_told_unless_it_stays_as_it_is(client, rows, staff):
    MunicipalService.objects.filter(pk=rows[0].pk).update(owner=staff)
    client.force_login(staff)
    told_of = told(paste(client, rows[:2], "Land\tgeplant\nKommune\toffen", field="responsibility"))
    assert told_of == ["Leistung 0, Zuständigkeit: Dieses Feld dürfen Sie bei dieser Leistung nicht ändern."]
    assert told(paste(client, rows[:1], "Kommune\tgeplant", field="responsibility")) == []
    assert stored(rows[0])[0] == "planned"


@pytest.mark.parametrize("field", ["note", "", "version"])
def test_a_field_that_the_grid_has_not_is_refused(client, rows, field):
    assert paste(client, rows[:1], "x\ty", field=field).status_code == 400


@pytest.mark.parametrize("role", [Role.COUNCIL, Role.OPERATOR])
def test_who_sees_no_rows_pastes_none(client, role):
    client.force_login(make.user("person", role=role))
    assert client.post("/leistungen/einfuegen/").status_code == 403


CELLS = [
    ("state", "Stand", "in  umsetzung"),
    ("state", "Stand", "erledigt"),
    ("responsibility", "Zuständigkeit", "LAND"),
    ("responsibility", "Zuständigkeit", "Gemeinde"),
    ("level", "Reifegrad", "2 Formular-Assistent"),
    ("level", "Reifegrad", "nicht bewertet"),
    ("level", "Reifegrad", "9"),
    ("planned_on", "Geplant bis", "31.12.26"),
    ("planned_on", "Geplant bis", "1.3.27"),
    ("planned_on", "Geplant bis", "46477"),
    ("planned_on", "Geplant bis", "99999"),
    ("planned_on", "Geplant bis", "32.01.2027"),
    ("planned_on", "Geplant bis", "–"),
    ("cases_per_year", "Fälle pro Jahr", "1.234,00"),
    ("cases_per_year", "Fälle pro Jahr", "87,00"),
    ("cases_per_year", "Fälle pro Jahr", "1,234"),
    ("cases_per_year", "Fälle pro Jahr", "46477"),
    ("cases_per_year", "Fälle pro Jahr", "99999999999"),
    ("online_url", "Online-Adresse", "www.stadt"),
    ("online_url", "Online-Adresse", "https://stadt.example/a"),
]


@pytest.mark.parametrize(("field", "title", "cell"), CELLS)
def test_grid_box_and_file_take_the_same_and_refuse_the_same_with_the_same_sentence(
    client, department, tmp_path, field, title, cell
):
    begun = {"department": department, "responsibility": "unclear", "planned_on": date(2026, 12, 30)}
    by_grid, by_box, by_file = (make.row(make.service(key, key), **begun) for key in KEYS[:3])
    [said, *rest] = told(paste(client, [by_grid], f"{cell}\n", field=field)) or [None]
    assert rest == []
    lines = f"Schlüssel\t{title}\tBegründung\n{{}}\t{cell}\tGrund\n"
    box = client.post("/leistungen/datei/", {"cells": lines.format(KEYS[1])}, follow=True)
    client.post(box.redirect_chain[-1][0], {"do": "take"})
    Path(tmp_path / "a.csv").write_text(lines.format(KEYS[2]), encoding="utf-8")
    outcome = import_status(tmp_path / "a.csv", make.municipality())
    values = {getattr(MunicipalService.objects.get(pk=row.pk), field) for row in (by_grid, by_box, by_file)}
    assert len(values) == 1
    sentences = [problem.message for problem in outcome.problems]
    assert [problem.message for problem in box.context["seen"].problems] == sentences
    assert (said is None) == (not sentences) and all(said.endswith(sentence) for sentence in sentences)


def test_what_cannot_be_read_waits_in_a_merge_and_is_mended_there(client, rows, manager):
    lines = ["geplant\t2", "erledigt\t3", "geplant\tdrei"]
    below = "geplant\tvier\t"
    answer = paste(client, rows[3:], "\n".join([*lines, below]))
    merge = Merge.objects.get()
    assert (merge.origin, merge.rows, merge.by) == ("paste", 3, manager)
    assert f'<a href="/leistungen/abgleich/{merge.pk}/">' in answer.json()["told"]
    page = client.get(f"/leistungen/abgleich/{merge.pk}/").text
    assert all(words in page for words in ("„erledigt“ gibt es bei Stand nicht.", "„drei“ ist kein Reifegrad."))
    mended = {"mend-0-state": "in Umsetzung", "mend-1-level": "2", "drop-2-line": "on", "do": "take"}
    client.post(f"/leistungen/abgleich/{merge.pk}/", mended)
    assert [stored(row)[:2] for row in rows[3:]] == [("planned", 2), ("in_progress", 1), ("open", 2)]
    assert not Merge.objects.exists()


def test_what_has_no_column_here_or_is_not_allowed_waits_nowhere(client, rows):
    paste(client, rows[5:], "3\t31.12.2027\t\t\t\t\tmehr\tnoch mehr\tund mehr", field="level")
    assert not Merge.objects.exists()

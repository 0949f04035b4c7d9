"""Every place that shows a figure shows the same number, for random municipalities: first page, chips, list, pages of
the rows, API, archive, report page, every format of the report, and the state of the data.

What is true is counted here in plain Python from what was drawn, so that the places cannot be wrong together.
"""

import csv
import io
import json
import random
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime

import openpyxl
import pytest
import time_machine

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Evidence, MunicipalService
from ozg_tracker.tracking.rows import claims, counting
from reports.editions.freeze import freeze_edition
from reports.exporting.export_edition import export_edition
from reports.telling import labels
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
TODAY = date(2022, 12, 1)
ROWS = 48  # on one page of the grid
READY = 3


@dataclass
class Drawn:
    """What was drawn for a row."""

    responsibility: str
    level: int | None
    planned_on: date | None
    retired: bool
    countable: bool
    office: int | None
    public: bool | None  # what the directory shows of it; None: no entry

    @property
    def counts(self):
        return self.responsibility == "municipality" and self.countable and not self.retired

    @property
    def ready(self):
        return self.counts and self.level is not None and self.level >= READY

    @property
    def late(self):
        return self.counts and not self.ready and self.planned_on is not None and self.planned_on < TODAY

    @property
    def contradicts(self):
        return self.counts and (self.public is True) != self.ready


def drawn(chance):
    return Drawn(
        responsibility=chance.choice(["municipality"] * 5 + ["unclear", "unclear", "district"]),
        level=chance.choice([None, 0, 1, 2, 3, 4]),
        planned_on=chance.choice([None, date(2022, 3, 31), date(2022, 11, 2), date(2023, 6, 30)]),
        retired=chance.random() < 0.15,
        countable=chance.random() > 0.15,
        office=chance.choice([None, 0, 1, 2]),
        public=chance.choice([None, True, False]),
    )


def stored(every):
    municipality = make.municipality()
    top = make.department("Bürgerdienste")
    offices = [top, make.department("Bürgerbüro", parent=top), make.department("Bauamt")]
    for number, each in enumerate(every):
        service = make.service(f"991{number:08d}000", f"Leistung {number}", countable=each.countable)
        if each.retired:
            service.retired_on = date(2022, 5, 4)
            service.save()
        row = make.row(
            service,
            responsibility=each.responsibility,
            level=each.level,
            planned_on=each.planned_on,
            department=None if each.office is None else offices[each.office],
        )
        if each.public is not None:
            Evidence.objects.create(
                row=row,
                kind=Evidence.Kind.DIRECTORY,
                found_on=date(2022, 11, 20),
                online=each.public,
                origin="pvog.csv",
                recorded_at=datetime(2022, 11, 24, tzinfo=UTC),
            )
    return municipality


def plain(content):
    """The words of a page, without what only machines read."""
    without = re.sub(r"<(script|style|svg|option)[^>]*>.*?</\1>", " ", content, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", without).split()).replace("\u202f", "").replace("\xa0", " ")


def said(pattern, text):
    """The number that `pattern` finds; 0 where nothing is said of it."""
    found = re.search(pattern, text)
    return int(found[1].replace(".", "")) if found else 0


@dataclass
class Doors:
    """The pages as the coordination reads them, and the API."""

    client: object
    program: Program
    municipality: Municipality

    def page(self, address):
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return answer

    def words(self, address):
        return plain(self.page(address).text)

    def listed(self, query):
        return said(r"([\d.]+) Leistung(?:en)?, nach Schlüssel", self.words(f"/leistungen/?{query}").replace(" ,", ","))

    def chip(self, label, query=""):
        page = self.page(f"/leistungen/?{query}")
        return next(chip.count for chip in [*page.context["chips"], page.context["passed"]] if chip.label == label)

    def api(self, **query):
        return len(self.program.read("municipal-services/", page_size=500, **query).json()["results"])


@pytest.fixture(params=[1, 2, 3])
def world(request, client):
    with time_machine.travel("2022-12-01 09:00:00+00:00", tick=False):
        chance = random.Random(request.param)
        every = [drawn(chance) for _number in range(ROWS)]
        municipality = stored(every)
        person = make.user()
        client.force_login(person)
        yield every, Doors(client, Program(person), municipality)


@pytest.fixture
def edition(world):
    return freeze_edition(world[1].municipality, date(2022, 11, 1), by=None)


def exported(edition):
    """By format: what each file of the report says of a figure, asked by its name in that format."""
    figures = json.loads(export_edition(edition, "json"))
    rows = csv.DictReader(io.StringIO(export_edition(edition, "csv").decode("utf-8-sig")), delimiter=";")
    lines = [[row["Kennzahl"], row["Dimension"], row["Anzahl"]] for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(export_edition(edition, "xlsx")))
    cells = [[str(cell) for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)]
    return figures, lines, cells


def in_table(lines, name, place, dimension=""):
    """The count beside a name in CSV or workbook, at its place in a line."""
    found = [line for line in lines if line[:1] == [name] and line[1].replace("None", "") == dimension]
    return int(found[0][place])


def pdf_words(edition):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext fehlt (poppler-utils)")
    made = subprocess.run(
        ["pdftotext", "-", "-"], input=export_edition(edition, "pdf"), capture_output=True, check=True
    )
    return " ".join(made.stdout.decode().split()).replace("\u202f", "").replace("\xa0", " ")


def one(places, number):
    """Every place says the number, and there is something to count."""
    assert places == dict.fromkeys(places, number)
    assert number


def test_what_counts_and_what_is_ready(world, edition):
    every, doors = world
    first, figures, lines, cells = doors.words("/"), *exported(edition)
    report, html, pdf = (
        doors.words("/berichte/2022/11/"),
        plain(export_edition(edition, "html").decode()),
        pdf_words(edition),
    )
    row = next(each for each in MunicipalService.objects.filter(counting.STANDS))
    bundle = r"(\d+) von \d+ der Kommune fertig"
    relevant = {
        "first page": said(r"([\d.]+) Leistungen in Zuständigkeit der Kommune", first),
        "first page, of": said(r"\d+ von (\d+) fertig", first),
        "list": doors.listed("counts=true"),
        "list as it opens": said(r"(\d+) Leistung(?:en)? ?, nach Schlüssel", doors.words("/leistungen/")),
        "chip": doors.chip("Alle", "counts=true"),
        "bundle": said(bundle.replace(r"(\d+) von \d+", r"\d+ von (\d+)"), doors.words(f"/leistungen/{row.pk}/")),
        "api": doors.api(counts="true"),
        "python": sum(map(counting.counts, MunicipalService.objects.select_related("service"))),
        "report": said(r"von (\d+) Leistungen (?:ist|sind) fertig", report),
        "html": said(r"von (\d+) Leistungen (?:ist|sind) fertig", html),
        "pdf": said(r"von (\d+) Leistungen (?:ist|sind) fertig", pdf),
        "json": figures["totals"]["relevant"],
        "json, rate": figures["rates"]["services_ready"]["denominator"],
        "json, departments": sum(each["relevant"] for each in figures["by_department"]),
        "json, trend": figures["trend"][-1]["relevant"],
        "csv": in_table(lines, "Relevante Leistungen", 2),
        "xlsx": in_table(cells, "Relevante Leistungen", 4),
    }
    one(relevant, sum(each.counts for each in every))
    ready = {
        "first page": said(r"(\d+) von \d+ fertig", first),
        "list": doors.listed("counts=true&level=3&level=4"),
        "chip": doors.chip("ab 3", "counts=true"),
        "bundle": said(bundle, doors.words(f"/leistungen/{row.pk}/")),
        "api": len(
            doors.program.get("/api/v1/municipal-services/?counts=true&level=3&level=4&page_size=500").json()["results"]
        ),
        "python": sum(
            counting.counts(each) and counting.is_ready(each)
            for each in MunicipalService.objects.select_related("service", "level__model")
        ),
        "report": said(r"(\d+) von \d+ Leistungen (?:ist|sind) fertig", report),
        "html": said(r"(\d+) von \d+ Leistungen (?:ist|sind) fertig", html),
        "pdf": said(r"(\d+) von \d+ Leistungen (?:ist|sind) fertig", pdf),
        "archive": said(r"(\d+) von \d+", doors.words("/berichte/").partition("November 2022")[2]),
        "json": figures["totals"]["ready"],
        "json, list": len(figures["questions"]["online_now"]),
        "csv": in_table(lines, str(labels.DEFINITIONS["ready"]), 2),
        "xlsx": in_table(cells, str(labels.DEFINITIONS["ready"]), 4),
    }
    one(ready, sum(each.ready for each in every))


def test_what_is_not_rated(world, edition):
    every, doors = world
    first, figures, lines, cells = doors.words("/"), *exported(edition)
    report = doors.words("/berichte/2022/11/")
    places = {
        "first page": said(r"(\d+) Leistungen sind noch nicht bewertet", first),
        "first page, legend": said(r"nicht bewertet (\d+) Wie wird gezählt", first),
        "list": doors.listed("level=none&counts=true"),
        "chip": doors.chip("nicht bewertet", "counts=true"),
        "api": doors.api(level="none", counts="true"),
        "report": said(r"Für (\d+) Leistungen liegt noch keine Bewertung vor", report),
        "report, state of the data": said(r"Leistungen ohne Bewertung: (\d+)", report),
        "json": figures["totals"]["not_rated"],
        "json, state of the data": next(e["count"] for e in figures["quality"] if e["code"] == "not_rated"),
        "csv": in_table(lines, "Nicht bewertet", 2),
        "xlsx": in_table(cells, "Nicht bewertet", 4),
    }
    one(places, sum(each.counts and each.level is None for each in every))


def test_which_planned_dates_have_passed(world, edition):
    every, doors = world
    first, figures = doors.words("/"), json.loads(export_edition(edition, "json"))
    grid = doors.page("/leistungen/?department=&retired=&all=1").text
    pages = [doors.words(f"/leistungen/{pk}/") for pk in MunicipalService.objects.values_list("pk", flat=True)]
    places = {
        "first page": said(r"(\d+) geplante Termine sind verstrichen", first),
        "first page, by department": sum(each["number"] for each in doors.page("/").context["late"]),
        "their lists": sum(doors.listed(each["address"].partition("?")[2]) for each in doors.page("/").context["late"]),
        "list": doors.listed("department=&plan_passed=true"),
        "chip": doors.chip("überfällig", "all=1"),
        "cells": len(re.findall(r'<td data-field="planned_on"[^>]* class="late"', grid)),
        "pages of the rows": sum("überfällig" in page.partition("Stand ändern")[0] for page in pages),
        "api": doors.api(plan_passed="true"),
        "python": sum(
            counting.is_late(each, TODAY) for each in MunicipalService.objects.select_related("service", "level__model")
        ),
        "report": said(r"(\d+) eigene Planungstermine sind verstrichen", doors.words("/berichte/2022/11/")),
        "html": said(r"(\d+) eigene Planungstermine sind verstrichen", plain(export_edition(edition, "html").decode())),
        "json": next(each["count"] for each in figures["quality"] if each["code"] == "planned_passed"),
    }
    one(places, sum(each.late for each in every))


def test_what_is_unclear(world, edition):
    every, doors = world
    figures = json.loads(export_edition(edition, "json"))
    places = {
        "first page": said(r"(\d+) Zuständigkeiten sind ungeklärt", doors.words("/")),
        "page to clear": said(r"(\d+) ungeklärt", doors.words("/leistungen/klaeren/")),
        "list": doors.listed("responsibility=unclear"),
        "json": next(each["count"] for each in figures["quality"] if each["code"] == "responsibility_unclear"),
    }
    stands = [each for each in every if each.countable and not each.retired]
    one(places, sum(each.responsibility == "unclear" for each in stands))


def test_which_claims_the_directory_contradicts_and_which_it_proves(world, edition):
    every, doors = world
    figures = json.loads(export_edition(edition, "json"))
    rows = MunicipalService.objects.all()
    pages = [doors.page(f"/leistungen/{pk}/").context for pk in rows.values_list("pk", flat=True)]
    places = {
        "first page": said(r"(\d+) Angaben passen nicht zum öffentlichen Verzeichnis", doors.words("/")),
        "list": doors.page("/nachweise/?verdict=contradicts").context["page"].paginator.count,
        "chip": said(r"widerspricht (\d+)", doors.words("/nachweise/")),
        "pages of the rows": sum(page["verdict"] in claims.CONTRADICTIONS for page in pages),
    }
    one(places, sum(each.contradicts for each in every))
    proven = {
        "json": figures["proven"]["numerator"],
        "json, services": sum(each["ready"] and each["proof"] == "agree" for each in figures["services"]),
        "report": said(r"(\d+) davon (?:ist|sind) öffentlich belegt", doors.words("/berichte/2022/11/")),
        "report, key figure": said(r"davon belegt (\d+)", doors.words("/berichte/2022/11/")),
        "list": said(r"(\d+) von \d+ fertigen Leistungen (?:ist|sind) öffentlich belegt", doors.words("/nachweise/")),
        "pages of the rows": sum(
            page["verdict"] == claims.Verdict.AGREE and counting.is_ready(page["row"]) for page in pages
        ),
    }
    one(proven, sum(each.ready and each.public is True for each in every))


def test_what_is_open_after_a_deadline(world, edition):
    every, doors = world
    shown = doors.page("/").context["deadline"]
    figures = json.loads(export_edition(edition, "json"))
    frozen = next(each for each in figures["deadlines"] if each["name"] == shown.deadline.name)
    places = {
        "first page": said(r"(\d+) von \d+ Leistungen offen", doors.words("/")),
        "list": doors.listed(f"deadline={shown.deadline.pk}"),
        "api": doors.api(deadline=shown.deadline.pk),
        "report": said(r"(\d+) von \d+", doors.words("/berichte/2022/11/").partition(f"{shown.deadline.name} 3")[2]),
        "json": frozen["open"],
    }
    one(places, sum(each.counts and not each.ready for each in every))

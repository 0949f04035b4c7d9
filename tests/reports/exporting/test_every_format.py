"""Every figure of an edition, read back from every format, is the one that was frozen."""

import csv
import io
import json
import shutil
import subprocess
from decimal import Decimal

import lxml.html
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from ozg_tracker.accounts.models import Role
from reports.exporting.export_edition import export_edition
from reports.models import Edition
from tests import make
from tests.reports.exporting.told_take_up import take_up
from tests.reports.made_editions import consistent, edition

NONE = "ohne Fachbereich"
STATES = {
    "open": "offen",
    "planned": "geplant",
    "in_progress": "in Umsetzung",
    "done": "fertig",
    "blocked": "blockiert",
}
MOVES = {
    "newly_ready": "Neu fertig",
    "improved": "Besser geworden",
    "regressed": "Zurückgestuft",
    "first_rated": "Erstmals bewertet",
    "newly_ours": "Neu zuständig",
    "no_longer_ours": "Nicht mehr zuständig",
    "retired": "Aus dem Katalog entfallen",
}
RATES = {
    "bundles_online": "Bündel online",
    "bundles_complete": "Bündel vollständig",
    "cases_ready": "Nach Fällen gewichtet",
}
OUTCOMES = {"kept": "gehalten", "moved": "verschoben", "open": "offen"}


@pytest.fixture(scope="module")
def figures():
    return json.loads(export_edition(edition(consistent()), "json"))


def percent(above, below):
    """One decimal, half up, in whole numbers; 0 and 100 only where exact."""
    if above in (0, below):
        return Decimal(0 if above == 0 else 100)
    return Decimal(min(max((2000 * above + below) // (2 * below), 1), 999)) / 10


# What tables of data hold ---------------------------------------------------------------------------------------------


def frozen(figures):
    """Each figure as (name, dimension) → what stands beside it: a count, or numerator, denominator and rate."""
    totals, promises = figures["totals"], figures["promises"]
    found = {
        ("Relevante Leistungen", ""): totals["relevant"],
        ("Bewertet", ""): totals["rated"],
        ("Nicht bewertet", ""): totals["not_rated"],
        ("Fertig", ""): totals["ready"],
        ("Leistungen mit bekannter Fallzahl", ""): figures["rates"]["cases_ready"]["known_rows"],
        ("Fertig geworden, weniger zurückgefallen", ""): figures["gained"],
        ("Zugesagt", ""): promises["due"],
        ("Als Nächstes", ""): len(promises["next"]),
        ("Verstrichene Termine", ""): len(figures["late"]["planned_passed"]),
        ("Blockierte Leistungen", ""): len(figures["late"]["blocked"]),
        ("Ungeklärte Zuständigkeit", ""): figures["unclear"]["count"],
        ("Davon belegt", ""): rate(**figures["proven"]),
        ("Quote der fertigen Leistungen", ""): rate(totals["ready"], totals["relevant"]),
    }
    found |= {("Reifegrad", step): count for step, count in totals["levels"].items()}
    found |= {("Stand der Arbeit", STATES[code]): count for code, count in totals["states"].items()}
    found |= {(name, ""): rate(**figures["rates"][code]) for code, name in RATES.items()}
    found |= take_up(figures["take_up"], rate)
    found |= {("Veränderungen", name): len(figures["movement"].get(code, [])) for code, name in MOVES.items()}
    found |= {("Zugesagt", word): promises[code] for code, word in OUTCOMES.items()}
    parted = (("by_department", "department", "Nach Fachbereich"), ("by_topic", "topic", "Nach Themenfeld"))
    for group, code, name in parted:
        for part in figures[group]:
            whose = part[code] or NONE
            found[f"{name}: fertig", whose] = rate(part["ready"], part["relevant"])
            found |= {(f"{name}: Reifegrad {step}", whose): count for step, count in part["levels"].items()}
    for each in figures["deadlines"]:
        name = f"{each['name']} ({each['date']})"
        found["Frist: noch offen", name] = "unbekannt" if each["open"] is None else rate(each["open"], each["in_scope"])
        found["Frist: Tage bis zur Frist", name] = each["days_left"]
    questions = ("online_now", "Jetzt online"), ("planned_or_started", "Geplant oder in Umsetzung")
    deadline = ("by_deadline", "Bis zur Frist geplant"), ("not_by_deadline", "Nicht bis zur Frist")
    found |= {(name, ""): len(figures["questions"][code]) for code, name in (*questions, *deadline)}
    found |= {
        ("Verlauf: fertig", point["month"]): rate(point["ready"], point["relevant"]) for point in figures["trend"]
    }
    return found | forecast(figures["forecast"]) | around(figures)


def forecast(told):
    found = {("Vorausschau", ""): "möglich"}
    ends = [("Vorausschau: alle fertig bis", "", told)]
    ends += [(f"Vorausschau bei {told['faster']['per_month']} je Monat: alle fertig bis", "", told["faster"])]
    ends += [("Vorausschau: Fachbereich fertig bis", f"{e['department'] or NONE}, ", e) for e in told["by_department"]]
    found |= {(name, f"{of}{n} %"): each[f"p{n}"] for name, of, each in ends for n in (50, 85)}
    found |= {("Fertig geworden, ohne Erstbewertungen", each["month"]): each["count"] for each in told["throughput"]}
    words = {"expected": "wahrscheinlich", "at_least": "mindestens", "came": "gekommen"}
    for each in told["track_record"]:
        found |= {(f"Rückblick: gesagt im {each['month']}", word): each[code] for code, word in words.items()}
    for each in told["needed_per_month"]:
        above, below = each["numerator"], each["denominator"]
        found["Nötig je Monat", each["name"]] = (above, below, Decimal((20 * above + below) // (2 * below)) / 10)
    return found


def around(figures):
    found = {("Datenlage", each["code"]): each["count"] for each in figures["quality"]}
    training = figures["training"]
    for group in training["groups"]:
        found |= trained(group["group"], group["assigned"], group["completed_at_least"], group["completed_at_most"])
    whole = [sum(group[code] for group in training["groups"]) for code in ("assigned", *ENDS)]
    found |= trained("Kommune gesamt", *whole)
    least, most = training["overdue_at_least"], training["overdue_at_most"]
    return found | {("Schulungen: überfällig", "Kommune gesamt"): told_of(least, most, whole[0])}


ENDS = ("completed_at_least", "completed_at_most")


def trained(whom, people, least, most):
    return {
        ("Schulungen: Beschäftigte", whom): people,
        ("Schulungen: nichts mehr offen", whom): told_of(least, most, people),
    }


def told_of(least, most, people):
    """A number, or words at either end of the range."""
    ends = {0: f"weniger als {most + 1}", people: f"alle bis auf höchstens {people - least}"}
    between = f"{least} bis {most}"
    return least if least == most else ends[0] if least == 0 else ends[people] if most == people else between


def rate(numerator, denominator, **_more):
    return numerator, denominator, percent(numerator, denominator)


def with_codes(found, figures):
    """Findings told by their sentences, in the order of their codes."""
    codes = iter([each["code"] for each in figures["quality"]])
    return {
        (name, next(codes) if name == "Datenlage" else dimension): told for (name, dimension), told in found.items()
    }


def from_csv(content):
    found = {}
    for line in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"):
        numbers = [int(line[name]) for name in ("Zähler", "Nenner") if line[name]]
        decimal = line["Prozent"] or line["Je Monat"]
        told = line["Angabe"] or line["Monat"] or (int(line["Anzahl"]) if line["Anzahl"] else None)
        value = (*numbers, Decimal(decimal.replace(",", "."))) if decimal else told
        if line["Definition"]:
            found[line["Kennzahl"], line["Dimension"]] = value
    return found


def from_cells(lines):
    """The table of figures as a workbook's cells give it."""
    _head, *lines = lines
    found = {}
    for name, dimension, above, below, value, _unit, _definition in lines:
        if above not in (None, ""):
            told = int(above), int(below), Decimal(str(round(value, 1)))
        elif isinstance(value, int | float):
            told = int(value)
        else:
            told = value or None
        found[name, dimension or ""] = told
    return found


def test_the_csv_holds_every_figure(figures):
    found = from_csv(export_edition(edition(figures), "csv"))
    assert with_codes(found, figures) == frozen(figures)


def test_the_workbook_holds_every_figure(figures):
    book = load_workbook(io.BytesIO(export_edition(edition(figures), "xlsx")))
    found = from_cells([[cell.value for cell in line] for line in book["Kennzahlen"].iter_rows()])
    assert with_codes(found, figures) == frozen(figures)


def test_the_opendocument_workbook_holds_every_figure(figures):
    book = CalamineWorkbook.from_filelike(io.BytesIO(export_edition(edition(figures), "ods")))
    found = from_cells(book.get_sheet_by_name("Kennzahlen").to_python())
    assert with_codes(found, figures) == frozen(figures)


# What people read -----------------------------------------------------------------------------------------------------


def of(above, below):
    return f"{grouped(above)} von {grouped(below)}"


def shown(above, below):
    exact = percent(above, below)
    return f"{exact:.0f} %" if exact in (0, 100) else f"{exact:.1f} %".replace(".", ",")


def grouped(count):
    return f"{count:,}".replace(",", ".")


def printed(figures):
    """The lines of a report's tables: its head, then the cells that hold figures."""
    promises = figures["promises"]
    return {
        "Weitere Sichten": [
            [name, shown(r["numerator"], r["denominator"]), of(r["numerator"], r["denominator"])]
            for r, name in (
                *((figures["rates"][code], name) for code, name in RATES.items()),
                (figures["take_up"], "Digitale Nutzung"),
            )
        ],
        "Nach Fachbereich": [
            *(part(each, each["department"] or NONE) for each in figures["by_department"]),
            part(figures["totals"], "Insgesamt"),
        ],
        "Nach Themenfeld": [part(each, each["topic"]) for each in figures["by_topic"]],
        "Zusagen nach Fachbereich": [
            [
                name or NONE,
                *(
                    str(sum((e["department"], e["outcome"]) == (name, code) for e in promises["rows"]))
                    for code in OUTCOMES
                ),
            ]
            for name in departments(promises["rows"])
        ],
        "Zugesagt nach Fachbereich und Monat": [
            ahead(name or NONE, [e for e in promises["next"] if e["department"] == name])
            for name in departments(promises["next"])
        ]
        + [ahead("Insgesamt", promises["next"])],
        "Fristen": [
            [
                each["name"],
                ".".join(reversed(each["date"].split("-"))),
                "unbekannt" if each["open"] is None else of(each["open"], each["in_scope"]),
            ]
            for each in sorted(figures["deadlines"], key=lambda each: (each["date"], each["name"]))
        ],
    }


def departments(rows):
    return sorted({each["department"] for each in rows}, key=lambda name: (name is None, name or ""))


def part(each, name):
    return [name, of(each["ready"], each["relevant"]), shown(each["ready"], each["relevant"]), str(each["not_rated"])]


def ahead(name, rows):
    months = ("2022-12", "2023-01", "2023-02")
    return [name, *(str(sum(e["planned_on"].startswith(month) for e in rows)) for month in months), str(len(rows))]


FIGURES = {  # the places of the cells that hold figures
    "Weitere Sichten": (0, 1, 2),
    "Nach Fachbereich": (0, 2, 3, 5),
    "Nach Themenfeld": (0, 2, 3, 5),
    "Zusagen nach Fachbereich": (0, 1, 2, 3),
    "Zugesagt nach Fachbereich und Monat": (0, 1, 2, 3, 4),
    "Fristen": (0, 1, 3),
}


def text(node):
    return " ".join(node.text_content().split())


def tables(page):
    found = {}
    for name, places in FIGURES.items():
        lines = page.xpath("//*[@role='region' and @aria-label=$name]//tr[td]", name=name)
        found[name] = [[text(list(line)[place]) for place in places] for line in lines]
    return found


def legend(page):
    return [text(each) for each in page.xpath("(//ul[@class='ozg-legend'])[1]/li")]


def levels(figures):
    names = figures["level_names"]
    told = [f"{step} {names[step]} {count}" for step, count in sorted(figures["totals"]["levels"].items())]
    return [*told, f"nicht bewertet {figures['totals']['not_rated']}"]


def moves(figures):
    return sorted([each["name"], each["reason"] or "–"] for lines in figures["movement"].values() for each in lines)


def annexed_moves(page):
    lines = page.xpath("//*[@id='veraenderungen']//tbody/tr")
    return sorted([text(line[1]).removesuffix(key(line)).strip(), text(line[3])] for line in lines)


def key(line):
    return "".join(line.xpath(".//span[contains(@class, 'ozg-key')]/text()"))


def test_the_page_and_the_file_to_keep_hold_every_figure(client, db, figures):
    stored = edition(figures, state=Edition.State.APPROVED)
    stored.municipality, stored.catalogue_import = make.municipality(), make.catalogue_import()
    stored.save()
    client.force_login(make.user(role=Role.COUNCIL))
    page = lxml.html.fromstring(client.get("/berichte/2022/11/").content)
    file = lxml.html.fromstring(export_edition(stored, "html").decode())
    assert tables(page) == tables(file) == printed(figures)
    assert legend(page) == legend(file) == levels(figures)
    assert annexed_moves(page) == annexed_moves(file) == moves(figures)


def test_the_pdf_holds_every_figure(figures):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext fehlt (poppler-utils)")
    content = export_edition(edition(figures), "pdf")
    made = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True, timeout=60
    )
    lines = [" ".join(line.split()) for line in made.stdout.decode().splitlines()]
    missing = [
        (name, cells)
        for name, rows in printed(figures).items()
        for cells in rows
        if not any(all(cell in line for cell in cells[1:]) for line in lines)
    ]
    told = " ".join(lines)
    assert (missing, [each for each in levels(figures) if each not in told]) == ([], [])

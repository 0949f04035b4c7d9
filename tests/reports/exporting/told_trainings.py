"""What each format of an edition tells of trainings: of each line its name, people, least and most; overdue too. Each
reader gives besides what else in the file speaks of trainings, which ought to be nothing.
"""

import csv
import io
import json
import re
import subprocess
from zipfile import ZipFile

import lxml.html
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

WHOLE, OVERDUE = "Kommune gesamt", "Mit mindestens einer überfällig"
SPEAKS = re.compile(r"schulung|training|überfällig: |beschäftigte", re.IGNORECASE)
SMALL = "Bei weniger als zehn Beschäftigten steht hier nichts, damit niemand erkennbar ist."


def of_figures(text):
    """The canonical JSON, and that of the API."""
    figures = json.loads(text)
    figures = figures.get("figures", figures)
    trained = figures.pop("training")
    groups = trained["groups"]
    told = {_called(each): tuple(each[name] for name in COUNTS) for each in groups}
    told[WHOLE] = tuple(sum(each[name] for each in groups) for name in COUNTS)
    if trained["overdue_at_least"] is not None:
        told[OVERDUE] = (told[WHOLE][0], trained["overdue_at_least"], trained["overdue_at_most"])
    meant = figures["definitions"].pop("training")
    exact = [each for each in groups if each["completed"] not in (None, each["completed_at_least"])]
    kept = {"group_day", "groups", "overdue_at_least", "overdue_at_most"}
    return told, [*exact, *(trained.keys() - kept), *_speaking(json.dumps(figures, ensure_ascii=False), meant)]


def of_paper(content):
    """The template of the paper, which says nothing of them."""
    with ZipFile(io.BytesIO(content)) as parts:
        words = " ".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith(("document.xml", "content.xml"))
        )
    return SPEAKS.findall(words)


def trained(edition):
    return json.loads(edition.figures)["training"]


COUNTS = ("assigned", "completed_at_least", "completed_at_most")


def _called(group):
    return (
        group["departments"][0]
        if len(group["departments"]) == 1
        else f"{group['group']} ({', '.join(group['departments'])})"
    )


def of_html(text):
    """The page, and the file that stands alone."""
    page = lxml.html.fromstring(text)
    (section,) = page.xpath("//section[@aria-labelledby='schulungen-h']")
    told = {}
    for row in section.xpath(".//tr[td]"):
        name, people, said = (" ".join(each.text_content().split()) for each in (row[0], row[1], row[2]))
        told[name] = (int(people), *_range(said, int(people)))
    (whole,) = section.xpath("p[contains(., 'Beschäftigten haben')]")
    words = " ".join(whole.text_content().split())
    said, people = re.search(r"^(.+) von (\d+) Beschäftigten", words).groups()
    assert told[WHOLE] == (int(people), *_range(said[0].lower() + said[1:], int(people)))
    if late := re.search(rf"{OVERDUE}: .+ von \d+", words):
        told |= _of_lines([late[0]])
    section.drop_tree()
    for each in page.xpath("//*[self::nav or self::script or self::style or self::head]"):
        each.drop_tree()
    return told, _speaking(page.text_content(), _MEANT)


def of_pdf(content):
    made = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    words = " ".join(made.stdout.decode().replace("\u202f", "").replace("\xa0", " ").split())
    before, _heading, rest = words.partition("Schulungen Beschäftigte am ")
    told, _heading, after = rest.partition(" Zählweise und Prüfung")
    said = re.search(r"haben: · (.*Kommune gesamt: [^·]+? von \d+(?: · Mit mindestens [^·]+? von \d+)?)(.*)", told)
    lines, foot = (said[1].split(" · "), said[2]) if said else ([SMALL], told)
    after = re.sub(r"Schulungen:? Wie viele derer.*?behält diese Zahlen\.", "", after)
    return _of_lines(lines), SPEAKS.findall(before + foot + after)


def _of_lines(lines):
    told = {}
    for line in lines:
        if not line.startswith("Beschäftigte am") and line != SMALL:
            name, said, people = re.fullmatch(r"(.+): (.+) von (\d+)", line).groups()
            told[name] = (int(people), *_range(said, int(people)))
    return told


def _range(said, people):
    if found := re.fullmatch(r"weniger als (\d+)", said):
        return 0, int(found[1]) - 1
    if found := re.fullmatch(r"alle bis auf höchstens (\d+)", said):
        return people - int(found[1]), people
    if found := re.fullmatch(r"(\d+) bis (\d+)", said):
        return int(found[1]), int(found[2])
    return int(said), int(said)


def of_csv(content):
    return _of_table([*csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")])


def of_xlsx(content):
    book = load_workbook(io.BytesIO(content))
    return _of_table([row for sheet in book for row in sheet.iter_rows(values_only=True)])


def of_ods(content):
    book = CalamineWorkbook.from_object(io.BytesIO(content))
    return _of_table([row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()])


def _of_table(rows):
    people, said, rest = {}, {}, []
    for row in rows:
        cells = [str(cell) for cell in row if cell not in (None, "")]
        match cells:
            case ["Schulungen: Beschäftigte", name, number, *_more]:
                people[name] = int(float(number))
            case ["Schulungen: nichts mehr offen", name, words, *_more]:
                said[name] = words
            case ["Schulungen: überfällig", name, words, *_more]:
                people[OVERDUE], said[OVERDUE] = people[name], words
            case _:
                rest.append(" ".join(cells))
    told = {name: (people[name], *_range(words.removesuffix(".0"), people[name])) for name, words in said.items()}
    return told, _speaking("\n".join(rest), _MEANT)


_NAMES = ("Schulungen", "")
_MEANT = "Wie viele derer, die am ersten Tag des Halbjahres"


def _speaking(text, meant):
    """The lines that speak of trainings, without the definition of the figure."""
    return [
        line
        for line in re.split(r"\n", text)
        if SPEAKS.search(line) and line.strip() not in _NAMES and meant not in line
    ]

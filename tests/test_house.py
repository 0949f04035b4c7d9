"""The house stands as drawn."""

import re
import subprocess
from collections import Counter
from io import StringIO
from pathlib import Path

import grimp
import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent


@pytest.mark.django_db
def test_migrations_match_the_models():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_there_is_no_other_top_level_folder():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert {name for name in folders if not name.startswith(".")} == {
        "catalog",
        "fixtures",
        "ozg_tracker",
        "reports",
        "tests",
    }


def test_no_page_imports_another_page():
    """What two pages share stands in a module of its own. A page is what an address leads to."""
    house = grimp.build_graph("ozg_tracker", "catalog", "reports", cache_dir=None)
    addresses = house.find_matching_modules("**.urls")
    led_to = {page for each in addresses for page in house.find_modules_directly_imported_by(each)}
    taken_from = {
        page: house.find_modules_that_directly_import(page) - addresses for page in led_to if ".pages." in page
    }
    assert {page: importers for page, importers in taken_from.items() if importers} == {}


BLOCK = "p|div|li|td|th|tr|section|ul|ol|dl|dt|dd|table|thead|tbody|h[1-4]|form|fieldset|button"


def template_lines():
    for room in ("catalog", "ozg_tracker", "reports"):
        for path in sorted((ROOT / room).rglob("templates/**/*.html")):
            for number, line in enumerate(path.read_text().split("\n"), start=1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def test_no_line_of_a_template_is_over_160_characters():
    assert [where for where, line in template_lines() if len(line) > 160] == []


def test_a_template_has_one_element_a_line():
    beside = re.compile(rf"</(?:{BLOCK})>\s*<(?:{BLOCK})\b")
    assert [where for where, line in template_lines() if beside.search(line)] == []


def source(*endings):
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in names:
        if name.endswith(endings) and "/migrations/" not in name and name != "tests/test_house.py":
            yield from (
                (f"{name}:{at}", line) for at, line in enumerate((ROOT / name).read_text().split("\n"), start=1)
            )


def test_an_id_in_an_attribute_has_no_german_dots():
    """From 1.000 on a form would send an id that nobody knows."""
    dotted = re.compile(r'"[^"]*\{\{ ([a-z_]+\.)*(pk|[a-z]+_id|version) \}\}')
    found = [(where, line) for where, line in source(".html") if dotted.search(line)]
    texts = ("auto_id", "ozg_id")
    assert [where for where, line in found if not any(each in line for each in texts)] == []


def test_a_file_is_read_in_one_sitting():
    """At most 350 lines. The grid's styles are still one sheet."""
    lines = Counter(where.rpartition(":")[0] for where, _line in source(".py", ".html", ".js", ".css", ".typ"))
    long = {name for name, count in lines.items() if count > 351}  # what follows the last line break is counted too
    assert long == set()


ACROSS = {"journeys", "doors", "fuzz", "benchmarks"}  # through many rooms, as a person or a program goes


def test_a_test_lies_where_its_code_lies():
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    mirroring = {each for each in folders if not ACROSS & set(each.parts)}
    assert {
        str(each) for each in mirroring if not any((ROOT / top / each).is_dir() for top in ("ozg_tracker", ""))
    } == set()


def test_no_test_takes_anything_out_of_another_test():
    taken = re.compile(r"^from tests[\w.]*\.(test_\w+) import|^from tests[\w.]* import (?:.*, )?(test_\w+)")
    found = [(where, taken.search(line)) for where, line in source(".py") if where.startswith("tests/")]
    others = [where for where, each in found if each and (each[1] or each[2]) not in where]  # one starts itself anew
    assert others == []


def test_a_municipality_is_called_by_no_other_word():
    lines = source(".py", ".html", ".js", ".css", ".toml")
    assert [where for where, line in lines if re.search(r"(?<![a-z])towns?(?![a-z])|Town|TOWN", line)] == []


GERMAN = (
    "alle|anzahl|art|ausgabe|bis|datei|datum|druck|fassung|jahr|kommune|leistung|melden|monat|ordnung|runde|schluessel"
)
GERMAN += "|seite|stand|suche|tag|termin|von|vorschlag|wert|zeige"


def test_what_an_address_asks_of_a_page_is_english():
    """A list's filters are those of the API, so the parameters beside them are in its language too."""
    asked = re.compile(rf'[?&;](?:{GERMAN})=|querystring [^%]*\b(?:{GERMAN})=|read_query\(.*"(?:{GERMAN})"')
    sent = re.compile(rf'<(?:input|select|textarea|button)\b[^>]* name="(?:{GERMAN})"')
    assert [where for where, line in source(".py", ".html") if asked.search(line) or sent.search(line)] == []

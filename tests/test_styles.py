"""Style sheets and templates hold what is used, and nothing else."""

import re
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("catalog", "ozg_tracker", "reports")
STYLES = {path: path.read_text() for path in (ROOT / "ozg_tracker" / "static" / "styles").glob("*.css")}
TEMPLATES = {path: path.read_text() for room in ROOMS for path in (ROOT / room).rglob("templates/**/*.html")}
PYTHON = "\n".join(path.read_text() for room in ROOMS for path in (ROOT / room).rglob("*.py"))
SCRIPTS = "\n".join(path.read_text() for path in (ROOT / "ozg_tracker" / "static").glob("**/*.js"))
WRITTEN = "\n".join([PYTHON, SCRIPTS, *TEMPLATES.values()])
OF_A_LEVEL = re.compile(r"l\d")  # the level's number is put in when a page is drawn
BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "413.html", "429.html", "500.html", "503.html"}


def selectors():
    for path, style in STYLES.items():
        for selector in re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", style, flags=re.S)):
            if not selector.strip().startswith("@"):
                yield path.name, selector


def test_every_class_with_a_style_is_written_somewhere():
    words = set(re.findall(r"[\w-]+", WRITTEN))
    classes = {(name, each) for name, selector in selectors() for each in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}
    assert {each for each in classes if each[1] not in words and not OF_A_LEVEL.fullmatch(each[1])} == set()


def test_every_token_that_is_used_is_set():
    together = "".join(STYLES.values())
    used, made = set(re.findall(r"var\((--ozg-[\w-]+)", together)), set(re.findall(r"(--ozg-[\w-]+):", together))
    assert used == made


def test_every_style_is_loaded_by_a_page():
    named = set(re.findall(r"static 'styles/([\w-]+\.css)'", "".join(TEMPLATES.values())))
    assert {path.name for path in STYLES} == named


def test_every_template_is_named_by_somebody():
    allauth = files("allauth") / "templates"
    unnamed = []
    for path in TEMPLATES:
        name = path.as_posix().split("/templates/")[1]
        quoted = f'"{name}"' in WRITTEN or (name.startswith("legal/") and f'"{path.stem}"' in PYTHON)
        if not quoted and name not in BY_DJANGO and not (allauth / name).is_file():
            unnamed.append(name)
    assert unnamed == []


def test_a_page_is_made_of_parts_that_can_be_read_at_once():
    assert [path.name for path, text in TEMPLATES.items() if text.count("\n") > 130] == []


def test_a_list_is_cut_into_pages_in_one_place():
    assert PYTHON.count("Paginator(") == 1


def test_every_list_of_pages_is_printed_whole():
    """What the print view brings goes into the element marked so."""
    lists = {
        path for path, text in TEMPLATES.items() if '{% include "ozg/pager.html"' in text and path.name != "pager.html"
    }
    assert {path.name for path in lists if "data-list" not in TEMPLATES[path]} == set()

"""What a document names is there: files, modules, commands with their options, settings, words."""

import ast
import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.utils import translation
from django.utils.text import camel_case_to_spaces

from ozg_tracker.docs.rendering import document, glossary
from ozg_tracker.settings.environment import env
from tests.docs.naming import DOCUMENTS, ROOT, SOURCES, code_in, fences_in

MANUALS = [ROOT / f"ozg_tracker/docs/operating.{language}.md" for language in ("de", "en")]
LOGGERS = {"ozg_tracker.security", "ozg_tracker.server"}  # the latter is a module given to gunicorn with a prefix


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def text(request):
    return request.param.read_text(encoding="utf-8")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def path(request):
    return request.param


def test_every_file_that_is_named_is_there(text):
    named = {each for each in code_in(text) if re.match(rf"({'|'.join(SOURCES)})/[\w./-]*$", each)}
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


def test_every_link_leads_to_a_file(path):
    links = re.findall(r"\]\((?!https?:|/|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [each for each in links if not (path.parent / each).exists()] == []


def test_every_module_that_is_named_can_be_imported(text):
    named = {each for each in code_in(text) if re.fullmatch(r"(ozg_tracker|catalog|reports)(\.[a-z_]+)+", each)}
    assert [each for each in sorted(named - LOGGERS) if not found(each)] == []


def found(module):
    """As a module, or as a name in one."""
    parent, _dot, name = module.rpartition(".")
    return (ROOT / module.replace(".", "/")).is_dir() or hasattr(import_module(parent), name) or bool(find_spec(module))


def test_every_command_takes_what_is_written(text):
    wrong = []
    for name, rest in re.findall(r"manage\.py ([a-z_]+)([^\n`]*)", text):
        if name not in get_commands():
            wrong.append(name)
            continue
        written = re.findall(r"(?<!\S)--[a-z-]+", re.split(r"&&|#", rest)[0])
        wrong += [f"{name} {each}" for each in written if each not in options(name)]
    assert wrong == []


@cache
def options(name):
    command = load_command_class(get_commands()[name], name)
    return set(command.create_parser("manage.py", name)._option_string_actions)


def test_every_setting_that_is_set_is_one(text):
    lines = "\n".join(fences_in(text, "sh"))
    named = re.findall(r"(?:^|export | )([A-Z][A-Z_]{2,})=", lines, re.MULTILINE)
    known = {*env.dump(), *(f"{name}_FILE" for name in env.dump()), "FUZZ"}
    assert sorted(set(named) - known) == []


def test_the_map_names_folders_where_they_lie_and_every_room():
    [tree] = fences_in((ROOT / "ozg_tracker/docs/map.md").read_text(encoding="utf-8"), "")
    named, above = set(), {0: ROOT}
    for indent, names in re.findall(r"^( {0,4})((?:\w+/ ?)+)", tree, re.MULTILINE):
        folders = [above[len(indent)] / name for name in names.replace("/", "").split()]
        above[len(indent) + 2] = folders[0]
        named.update(folders)
    assert [str(each) for each in named if not each.is_dir()] == []
    rooms = {path.parent for path in ROOT.glob("ozg_tracker/*/__init__.py")}
    wiring = {ROOT / "ozg_tracker" / name for name in ("management", "migrations", "templatetags")}
    assert rooms - wiring - named == set()


# The operator's manual ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MANUALS, ids=lambda path: path.name)
def test_the_manual_names_every_setting_and_no_other(path):
    named = re.findall(r"^\| `([A-Z_]+)` \|", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(env.dump())


@pytest.mark.parametrize("path", MANUALS, ids=lambda path: path.name)
def test_the_manual_tells_the_defaults(path):
    named = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", path.read_text(encoding="utf-8"), re.MULTILINE))
    settings = (ROOT / "ozg_tracker/settings/__init__.py").read_text(encoding="utf-8")
    declared = dict(re.findall(r'env\.\w+\(\s*"([A-Z_]+)", "?([^",)]+)"?[,)]', settings))
    assert len(named) > 5 and named == {name: declared[name] for name in named}


def test_both_manuals_say_the_same():
    german, english = (path.read_text(encoding="utf-8") for path in MANUALS)
    assert fences_in(german, "sh") == fences_in(english, "sh")
    shapes = [re.findall(r"^(#+|-|\||```) ?", each, re.MULTILINE) for each in (german, english)]
    assert shapes[0] == shapes[1]
    assert sorted(set(code_in(german))) == sorted(set(code_in(english)))


def test_a_document_becomes_a_page():
    manual = document("operating.de.md")
    assert manual.title == "Betriebshandbuch"
    assert manual.contents[:2] == [("was-sie-brauchen", "Was Sie brauchen"), ("einrichten", "Einrichten")]
    assert '<h2 id="einrichten">Einrichten</h2>' in manual.html
    assert '<td data-l="Vorgabe"><code>True</code></td>' in manual.html
    assert "<h1" not in manual.html and "| `" not in manual.html


# The glossary ---------------------------------------------------------------------------------------------------------


def models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in ("catalog", "ozg_tracker", "reports")
    ]


def test_the_glossary_has_every_model():
    coded = {name for term in glossary() for name in term.code.split(", ")}
    assert sorted({model.__name__ for model in models()} - coded) == []


def test_the_glossary_has_the_name_that_every_model_gives_itself():
    german = {word.casefold() for term in glossary() for word in term.german.split(", ")}
    with translation.override("de"):
        named = {str(model._meta.verbose_name) for model in models()} - {
            camel_case_to_spaces(model.__name__) for model in models()
        }
    assert sorted(name for name in named if name.casefold() not in german) == []


def test_what_the_glossary_calls_code_is_in_the_code_and_what_is_not_built_is_not():
    text = (ROOT / "ozg_tracker/docs/glossary.md").read_text(encoding="utf-8")
    rows = [re.findall(r"^\| ([A-Z]\w+(?:, \w+)*) \|", part, re.MULTILINE) for part in text.split("\n## Agreed")]
    built, agreed = ({name for row in part for name in row.split(", ") if row != "Code"} for part in rows)
    assert len(built) > 40 and sorted(built - classes()) == []
    assert len(agreed) > 0 and sorted(agreed & classes()) == []


def classes():
    files = (path for package in ("catalog", "ozg_tracker", "reports") for path in (ROOT / package).rglob("*.py"))
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}


def test_every_word_is_told_in_both_languages():
    terms = glossary()
    assert [term for term in terms if not all((term.german, term.english, term.bedeutung, term.meaning))] == []
    assert len({term.german for term in terms}) == len(terms)

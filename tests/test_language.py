"""Pages are German unless the person chose English; the English words are whole; what is kept or exported is German."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from catalog.importing.import_catalogue import import_catalogue
from catalog.models import ImportProblem
from ozg_tracker.tracking.exchange import words
from reports import canonical
from reports.editions.freeze import freeze_edition
from reports.editions.what_differs import what_differs
from reports.exporting.export_edition import FORMATS, export_edition
from reports.figures.compute import compute
from tests import make
from tests.api.programs import API, Program
from tests.catalog.files import csv_text, row, save
from tests.reports.made_editions import edition

ROOT = Path(__file__).parent.parent
CATALOGUES = [ROOT / package / "locale/en/LC_MESSAGES/django.po" for package in ("ozg_tracker", "catalog", "reports")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+[^>]*>")
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}", re.DOTALL)
MARKED = re.compile(r"""\b(?:n?gettext|_)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parts[-5])
def catalogue(request):
    return polib.pofile(request.param)


def english(entry):
    return [entry.msgstr_plural[0], entry.msgstr_plural[1]] if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_has_english_words(catalogue):
    assert [entry.msgid for entry in catalogue if entry.fuzzy or not all(english(entry))] == []
    assert catalogue.obsolete_entries() == []


def test_the_compiled_catalogue_is_what_the_text_says(catalogue):
    def told(entries):
        return {(entry.msgctxt, entry.msgid): english(entry) for entry in entries}

    assert told(polib.mofile(str(Path(catalogue.fpath).with_suffix(".mo")))) == told(catalogue)


def test_both_languages_name_the_same_values(catalogue):
    def values(texts):
        return {value for text in texts for value in PLACEHOLDER.findall(text)}

    wrong = [entry.msgid for entry in catalogue if values([entry.msgid, entry.msgid_plural]) != values(english(entry))]
    assert wrong == []


def test_sentences_begin_and_end_alike(catalogue):
    def frame(text):
        return text[:1].isspace(), text[-1:].isspace(), text[-1:] in ".?!:"

    wrong = [entry.msgid for entry in catalogue if frame(entry.msgid) != frame(english(entry)[0])]
    assert wrong == []


@pytest.mark.parametrize("package", ["ozg_tracker", "catalog", "reports"])
def test_what_a_package_marks_is_in_its_catalogue(package):
    held = {entry.msgid for entry in polib.pofile(str(ROOT / package / "locale/en/LC_MESSAGES/django.po"))}
    templates = (templatize(COMMENT.sub("", path.read_text())) for path in (ROOT / package).rglob("*.html"))
    pages = {ast.literal_eval(each) for text in templates for each in MARKED.findall(text)}
    code = {text for path in (ROOT / package).rglob("*.py") for text in marked(ast.parse(path.read_text()))}
    assert sorted((pages | code) - held) == []


def marked(tree):
    """The first text of every call of gettext, and of ngettext, however the module calls it."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        first = call.args[0]
        if name in ("_", "_t", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy") and isinstance(
            first, ast.Constant
        ):
            yield first.value


# Pages ----------------------------------------------------------------------------------------------------------------


def page(client, **headers):
    return client.get(reverse("help"), headers=headers).text


@pytest.mark.django_db
def test_a_page_is_german_whatever_the_browser_prefers(client):
    said = page(client, **{"Accept-Language": "en-GB,en"})
    assert '<html lang="de"' in said and "Die wichtigsten Wörter" in said and "The most important words" not in said


@pytest.mark.django_db
def test_a_page_is_english_once_english_is_chosen_and_german_again(client):
    answer = client.post(reverse("language"), {"language": "en", "next": "/hilfe/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/hilfe/?a=1")
    said = page(client)
    assert '<html lang="en"' in said and "The most important words" in said and "Die wichtigsten Wörter" not in said
    client.post(reverse("language"), {"language": "de"})
    assert '<html lang="de"' in page(client)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["fr", "", "en'", "../en"])
def test_another_language_is_not_taken(client, code):
    client.post(reverse("language"), {"language": code})
    client.cookies["sprache"] = code
    assert '<html lang="de"' in page(client)


@pytest.mark.django_db
def test_the_choice_does_not_lead_to_other_sites(client):
    answer = client.post(reverse("language"), {"language": "en", "next": "https://example.org/"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_the_choice_is_protected_like_every_form():
    assert Client(enforce_csrf_checks=True).post(reverse("language"), {"language": "en"}).status_code == 403


@pytest.mark.django_db
def test_a_person_works_in_english(client):
    held = make.row(level=2)
    client.force_login(make.user())
    client.post(reverse("language"), {"language": "en"})
    said = client.get(reverse("service", kwargs={"pk": held.pk})).text
    assert "Responsibility" in said and "Zuständigkeit" not in said
    missing = client.get("/gibt-es-nicht/")
    assert missing.status_code == 404 and "This page does not exist" in missing.text


@pytest.mark.django_db
def test_german_names_and_words_of_people_are_marked_on_an_english_page(client):
    row = make.row(make.service(name="Hundesteuer Anmeldung"))
    make.event(row, state="planned", reason="Mit dem Steueramt abgestimmt")
    client.force_login(make.user())
    address = f"/leistungen/{row.pk}/"
    assert client.get(address).text.count(' lang="de"') == 1  # the page itself
    client.cookies["sprache"] = "en"
    text = client.get(address).text
    assert '<html lang="en"' in text and '<h1 lang="de">Hundesteuer Anmeldung</h1>' in text
    assert '<blockquote class="ozg-pre" lang="de">Mit dem Steueramt abgestimmt</blockquote>' in text


# The API ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_api_listens_to_accept_language_alone():
    program = Program(make.user())

    def told(**headers):
        answer = program.get(f"{API}/topics/?nichts=1", headers=headers)
        return answer["Content-Language"], answer.json()["title"]

    assert told() == ("de", "Die Anfrage enthält Fehler")
    assert told(**{"Accept-Language": "en"}) == ("en", "The request contains errors")
    program.cookies["sprache"] = "en"
    assert told() == ("de", "Die Anfrage enthält Fehler")


# What is kept, exported or exchanged --------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_is_the_same_whoever_asks_and_whenever(format):
    german = export_edition(edition(), format)
    with time_machine.travel(datetime(2031, 12, 2, 8, tzinfo=UTC)), translation.override("en"):
        assert export_edition(edition(), format) == german


@pytest.mark.django_db
def test_an_edition_says_the_same_whoever_freezes():
    november, told = date(2022, 11, 1), datetime(2022, 12, 2, 7, tzinfo=UTC)
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        held = make.row(level=2, effective_on=date(2022, 10, 1), recorded_at=datetime(2022, 11, 3, tzinfo=UTC))
        first = freeze_edition(held.municipality, november)
        make.event(held, effective_on=date(2022, 11, 5), recorded_at=told, level=3)
        with translation.override("en"):
            second = freeze_edition(held.municipality, november, correct="Nachtrag")
    assert sorted(second.differences.split("\n")) == sorted(
        what_differs(canonical.loads(first.figures), canonical.loads(second.figures))
    )
    assert "ohne Fachbereich" in second.differences and " statt " in second.differences
    with translation.override("en"), time_machine.travel(second.known_at, tick=False):
        assert canonical.dumps(compute(held.municipality, november, second.known_at)) == second.figures


@pytest.mark.django_db
def test_problems_kept_with_an_import_are_german_and_a_preview_speaks_to_whoever_asks(tmp_path):
    path = save(tmp_path, csv_text([row("nicht im LeiKa", "Hundezählung")]), "katalog.csv")
    with translation.override("en"):
        [preview] = import_catalogue(path, dry_run=True).problems
        import_catalogue(path)
    assert preview.message.startswith("The service has no LeiKa key.")
    assert ImportProblem.objects.get().message.startswith("Die Leistung hat keinen LeiKa-Schlüssel.")


def test_the_words_of_exchanged_files_are_plain_german():
    texts = [*words.COLUMNS.values(), *words.RESPONSIBILITY.values(), *words.STATE.values()]
    assert {type(text) for text in texts} == {str}

"""Saved answers of the FIM-Portal give the rows of a catalogue that knows its bundles already."""

import json

import pytest

from catalog.importing import limits
from catalog.importing.formats import opening
from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.problems import Refused
from catalog.models import Bundle, Service
from tests.catalog.files import row, save, workbook
from tests.catalog.importing.formats.fim_files import envelope, page, steckbrief
from tests.catalog.importing.formats.reading import records


@pytest.mark.parametrize(
    "content",
    [
        page(steckbrief()),
        json.dumps([envelope(steckbrief()), envelope()]).encode(),
        json.dumps([steckbrief()]).encode(),
        json.dumps(steckbrief(), indent=2).encode("utf-8-sig"),
        b"\n " + page(steckbrief(leistungsschluessel="99102013104000", typisierung=[{"code": "2/3"}, {"code": "5"}])),
    ],
)
def test_a_page_a_list_of_pages_and_a_single_steckbrief_give_the_same_row(tmp_path, content):
    (found,) = records(tmp_path, content, "beliebig")
    assert found._asdict() == {
        "number": 1,
        "key": "99102013104000",
        "name": "Hundesteuer Anmeldung",
        "name2": "Hund zur Hundesteuer anmelden",
        "types": "2/3; 5",
        "legal_basis": "§ 1 HundStG; § 2 HundStG",
        "law": None,
        "synonyms": None,
        "sdg": "1010200",
        "ozg_id": "10108",
        "bundle": "Bündel 10108",
        "topic": "Steuern & Zoll",
        "situation": None,
        "successors": None,
        "replaces": None,
    }


def test_what_replaces_what_is_read_from_either_side(tmp_path):
    related = [
        {"relation_typ": "ABL", "leistungsschluessel": "99102013070000"},
        {"relation_typ": {"code": "ERS"}, "leistungsschluessel": ["99102013010000", "99102013011000"]},
        {"relation_typ": "VKN", "leistungsschluessel": "99102013149000"},
        "99102013002000",
    ]
    (found,) = records(tmp_path, page(steckbrief(replacements=related)))
    assert (found.successors, found.replaces) == ("99102013070000", "99102013010000; 99102013011000")


def test_a_steckbrief_in_two_bundles_is_one_row_for_each(tmp_path):
    bundles = [{"id": 10108, "leistung": "A"}, {"id": "10478", "leistung": "B"}, {"id": "10108"}, {"leistung": "C"}]
    found = records(tmp_path, page(steckbrief(ozg=bundles), steckbrief("99102013070000", ozg={"id": "10108"})))
    assert [(each.number, each.ozg_id) for each in found] == [(1, "10108"), (1, "10478"), (2, "10108")]


def test_what_is_not_said_is_left_open(tmp_path):
    (found,) = records(tmp_path, page({"leistungsschluessel": None, "title": None, "ozg": None, "sdg": "0000000"}))
    assert found[1:] == ("", "", *[None] * (len(found) - 3))


def test_a_number_is_read_as_it_is_written(tmp_path):
    content = page(steckbrief()).replace(b'["99102013104000"]', b"9.9102E+13")
    assert records(tmp_path, content)[0].key == "9.9102E+13"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "unreadable_file"),
        (b"{}", "unreadable_file"),
        (b"[1, 2]", "unreadable_file"),
        (b'{"items": {"a": 1}}', "unreadable_file"),
        (b'{"items": [{"title": "kein Steckbrief"}]}', "unreadable_file"),
        (b"[" * 100_000, "unreadable_file"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "unreadable_file"),
        (page(steckbrief())[:-20], "unreadable_file"),
        (b'{"leistungsschluessel": "\xff"}', "unreadable_file"),
        (b"[" + b"{}," * 500_000 + b"{}]", "too_large"),
        (b'{"leistungsschluessel": "' + b"x" * limits.JSON_FILE + b'"}', "too_large"),
    ],
)
def test_json_that_cannot_be_taken_is_refused_with_a_code(tmp_path, content, code):
    with pytest.raises(Refused) as refused:
        records(tmp_path, content, "a.json")
    assert refused.value.problem.code == code


def test_numbers_without_end_and_half_a_character_are_no_more_than_text(tmp_path):
    content = page(steckbrief()).replace(b'"total_count": 1', b'"total_count": ' + b"9" * 10_000)
    content = content.replace(b'"title": "Hundesteuer Anmeldung"', b'"title": "\\ud83d Anmeldung", "x": NaN')
    assert records(tmp_path, content)[0].name == "Anmeldung"


@pytest.fixture
def load(tmp_path, db):
    save(tmp_path, workbook([row(), row("nicht im LeiKa", "Ohne Schlüssel", ozg_id="10200")]))
    assert import_catalogue(tmp_path / "katalog.xlsx", release="2026").applied
    return lambda *items, **options: import_catalogue(
        save(tmp_path, page(*items, **options.pop("counts", {})), "fim.json"), **options
    )


def test_a_steckbrief_changes_its_service_and_retires_neither_bundle_nor_service_without_key(load):
    outcome = load(steckbrief(), steckbrief("99102013070000", "Hundesteuer Abmeldung"))
    assert outcome.applied and not outcome.problems
    assert (outcome.services.new, outcome.services.changed, outcome.services.retired) == (1, 1, 0)
    assert outcome.bundles.retired == 0
    assert list(Service.objects.filter(retired_on=None).values_list("name", flat=True)) == [
        "Hundesteuer Abmeldung",
        "Hundesteuer Anmeldung",
        "Ohne Schlüssel",
    ]
    assert Bundle.objects.get(ozg_id="10108").services.count() == 2


def test_a_bundle_unknown_so_far_is_a_hint_and_its_services_are_loaded_without_it(load):
    outcome = load(steckbrief(ozg=[{"id": "10999", "leistung": "Neu", "themenfeld_label": "Steuern & Zoll"}]))
    assert [(each.code, each.severity) for each in outcome.problems] == [("unknown_bundle", "warning")]
    assert outcome.applied
    assert [each.ozg_id for each in Service.objects.get(key="99102013104000").bundles.all()] == ["10108"]


def test_pages_that_are_not_all_retire_nothing(load):
    outcome = load(steckbrief(), counts={"total": 8557})
    assert [each.code for each in outcome.problems] == ["incomplete"] and not outcome.applied
    assert "8556 Leistungen" in outcome.problems[0].message
    assert load(steckbrief(), counts={"total": 8557}, partial=True).applied


def test_the_reader_is_found_by_content(tmp_path):
    with opening.opened(save(tmp_path, page(steckbrief()), "katalog.xlsx")) as file:
        assert [table.columns["key"] for table in opening.read(file).tables] == ["leistungsschluessel"]

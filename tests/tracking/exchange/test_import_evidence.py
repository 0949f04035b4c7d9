"""import_evidence: the public directory against the municipality's own account."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.tracking.exchange.import_evidence import import_evidence
from ozg_tracker.tracking.models import Evidence
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "leika_key;leika_name;ars;url;online_status;aktiv;export_datum;datenstand_pvog_import"


def bring_in(tmp_path, *lines, head=HEAD, **options):
    path = tmp_path / "open_pvog.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return import_evidence(path, make.municipality(), **options)


def line(key, url="https://a.example/", status="ok", active="ja", ars=make.ARS, day="2022-11-23"):
    return f"{key};Name;{ars};{url};{status};{active};2022-11-24;{day}"


def test_each_row_of_ours_agrees_or_says_more_or_less_than_the_directory(tmp_path):
    keys = [f"9910201310{at}000" for at in range(7)]
    levels = [3, 3, 2, None, 1, 4, 4]
    for key, level in zip(keys, levels, strict=True):
        make.row(make.service(key=key, name=key), level=level)
    make.row(make.service(key="99102013108000", name="Kreis"), level=None, responsibility="district")
    outcome = bring_in(
        tmp_path,
        line(keys[0]),  # claimed and public
        line(keys[1], status="nicht ok"),  # claimed, does not work
        line(keys[2]),  # public, level 2
        line(keys[3]),  # public, not rated
        line(keys[4], url=""),  # described only, nothing claimed
        line(keys[5], active="nein"),  # claimed, inactive; keys[6]: claimed, not listed
        line("99102013108000"),  # the Kreis carries it out
        line(keys[0], ars="150830000000"),
        line("99999999999999"),
        line("9,91E+13"),
    )
    assert outcome.as_json() == {
        "rows": 10,
        "matched": 7,
        "unknown_key": 2,
        "other_area": 1,
        "agree": 2,
        "claimed_not_public": 3,
        "public_not_claimed": 2,
    }
    assert Evidence.objects.filter(online=True).count() == 4
    assert set(Evidence.objects.values_list("found_on", "origin")) == {(date(2022, 11, 23), "open_pvog.csv")}


def test_the_same_file_again_adds_nothing_and_a_dry_run_nothing_at_all(tmp_path):
    make.row()
    first = bring_in(tmp_path, line("99102013104000"), dry_run=True)
    assert Evidence.objects.count() == 0
    assert bring_in(tmp_path, line("99102013104000")) == first == bring_in(tmp_path, line("99102013104000"))
    assert Evidence.objects.count() == 1


def test_column_names_in_camel_case_and_commas_are_read(tmp_path):
    make.row(level=3)
    outcome = bring_in(
        tmp_path, f"99102013104000,{make.ARS},https://a.example/,ok", head="leikaKey,ars,url,onlineStatus"
    )
    assert (outcome.matched, outcome.agree) == (1, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        (b"name;farbe\n", "missing_column"),
        (b"\0\0;\n", "unreadable_file"),
        (b"PK\3\4", "too_large"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(tmp_path, content, code):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(ValidationError) as refused:
        import_evidence(path, make.municipality())
    assert refused.value.code == code


def test_a_directory_of_another_municipality_is_refused_by_name_and_nothing_is_compared_or_kept(tmp_path):
    make.row(level=3)
    strange = "99102013104000;150830270270;Haldensleben, Stadt;https://a.example/;ok"
    with pytest.raises(ValidationError) as refused:
        bring_in(tmp_path, strange, strange, head="leika_key;ars;ars_name;url;online_status")
    assert (refused.value.code, refused.value.messages) == (
        "other_municipality",
        [
            "Keine der 2 Zeilen gilt für Musterstadt (159990010010); die Datei nennt Haldensleben, Stadt 150830270270. "
            "Verglichen und gespeichert wurde nichts. Bitte laden Sie das Verzeichnis für Ihre Kommune."
        ],
    )
    assert Evidence.objects.count() == 0


def test_a_directory_without_a_line_is_refused(tmp_path):
    with pytest.raises(ValidationError) as refused:
        bring_in(tmp_path)
    assert refused.value.code == "no_rows"


def test_a_page_of_the_directory_as_json_is_read_like_the_csv(tmp_path):
    rows = [make.row(make.service(key=f"9910201310{at}000", name=str(at)), level=3 * at) for at in range(2)]
    page = {
        "content": [
            {
                "leika_key": row.service.key,
                "ars": make.ARS,
                "url": "https://a.example/",
                "online_status": "ok",
                "n": None,
            }
            for row in rows
        ],
        "page": {"totalPages": 1},
    }
    for name, content in (("seite.json", page), ("liste.json", page["content"])):
        (tmp_path / name).write_text("\ufeff" * (name == "liste.json") + json.dumps(content), encoding="utf-8")
        outcome = import_evidence(tmp_path / name, make.municipality())
        assert (outcome.rows, outcome.matched, outcome.agree, outcome.public_not_claimed) == (2, 2, 1, 1)


@pytest.mark.parametrize(
    "place",
    [
        {"page": {"totalPages": 3, "number": 0}},
        {"page": {"totalElements": 40, "size": 1}},
        {"totalPages": 2},
        {"totalElements": 2, "number": 1},
        {"last": False},
    ],
)
def test_one_page_of_several_is_not_compared_as_if_it_were_all(tmp_path, place):
    row = make.row(level=3)
    entry = {"leika_key": row.service.key, "ars": make.ARS, "url": "https://a.example/", "online_status": "ok"}
    (tmp_path / "seite.json").write_text(json.dumps({"content": [entry], **place}))
    with pytest.raises(ValidationError) as refused:
        import_evidence(tmp_path / "seite.json", make.municipality())
    assert refused.value.code == "one_of_several_pages"
    assert refused.value.messages[0].startswith("Die Datei ist nur eine Seite des Verzeichnisses (1 von ")
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("place", [{"page": 1}, {"page": {"totalPages": "?"}}, {"totalElements": 1, "last": True}])
def test_a_page_that_is_all_or_does_not_say_is_read(tmp_path, place):
    row = make.row(level=3)
    entry = {"leika_key": row.service.key, "ars": make.ARS, "url": "https://a.example/", "online_status": "ok"}
    (tmp_path / "seite.json").write_text(json.dumps({"content": [entry], **place}))
    assert import_evidence(tmp_path / "seite.json", make.municipality()).agree == 1


@pytest.mark.parametrize("content", ["[", '{"content": 7}', "[" * 100_000, '[{"ars": {"a": 1}}]', "[1, 2]"])
def test_json_that_is_no_directory_is_refused_with_a_sentence(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(ValidationError) as refused:
        import_evidence(tmp_path / "x.json", make.municipality())
    assert refused.value.code in {"missing_column", "unreadable_file"}

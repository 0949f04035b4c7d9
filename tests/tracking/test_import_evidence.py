"""import_evidence: the public directory against the town's own account."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.tracking.exchange.evidence import import_evidence
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

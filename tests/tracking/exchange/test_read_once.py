"""A kept upload is read once, and every further look finds the same lines, or the same refusal."""

import pytest

from catalog.importing.problems import Refused
from ozg_tracker.tracking.exchange import read_once as module
from ozg_tracker.tracking.exchange.read_once import read_once
from ozg_tracker.tracking.exchange.status_file import read
from tests import make
from tests.tracking.exchange.status_files import KEY, exported, status_file


@pytest.fixture
def reads(monkeypatch):
    """The files that were really read, one entry a time."""
    found = []
    monkeypatch.setattr(module, "read", lambda path: found.append(path.name) or read(path))
    return found


@pytest.mark.django_db
def test_a_workbook_with_its_base_is_the_same_from_the_second_time_on(tmp_path, reads):
    make.row(level=2, note="„Probe“ – ü")
    path = exported(tmp_path, "stand.xlsx")
    assert [read_once(path), read_once(path), read_once(path)] == [read(path)] * 3
    assert reads == ["stand.xlsx"]


def test_a_csv_keeps_its_problems(tmp_path, reads):
    path = status_file(tmp_path, f"Schlüssel;Stand;Farbe\n{KEY};offen;rot\n")
    assert [problem.code for problem in read_once(path).problems] == ["unknown_column"]
    assert read_once(path) == read(path)
    assert reads == ["stand.csv"]


def test_a_file_that_is_refused_is_refused_again_without_reading(tmp_path, reads):
    path = status_file(tmp_path, "OZG-ID;Leistung\n" + ";" * 1000)
    for _ in range(2):
        with pytest.raises(Refused, match=r"Zeile 2 hat mehr als 1\.000 Zellen") as refused:
            read_once(path)
        assert (refused.value.problem.code, refused.value.problem.row) == ("too_large", 2)
    assert reads == ["stand.csv"]

"""Help and the pages the law asks for."""

import pytest

from tests import make

PAGES = ["/hilfe/", "/impressum/", "/datenschutz/", "/barrierefreiheit/"]


@pytest.mark.parametrize("page", PAGES)
def test_anybody_may_read_them(client, db, page):
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", ["impressum", "datenschutz", "barrierefreiheit"])
def test_the_operators_own_text_comes_from_a_file(client, db, settings, tmp_path, name):
    (tmp_path / f"{name}.txt").write_text("Stadt <Beispiel>\n\nsiehe https://beispiel.example/", encoding="utf-8")
    settings.LEGAL_DIR = str(tmp_path)
    text = client.get(f"/{name}/").text
    assert "<p>Stadt &lt;Beispiel&gt;</p>" in text and 'href="https://beispiel.example/"' in text
    assert "Hier fehlt der Text" not in text


@pytest.mark.parametrize("name", ["impressum", "datenschutz", "barrierefreiheit"])
def test_without_it_the_page_says_what_is_missing_and_where_it_goes(client, db, name):
    assert f"{name}.txt in den Ordner" in client.get(f"/{name}/").text


def test_a_text_that_is_no_text_is_as_good_as_none(client, db, settings, tmp_path):
    (tmp_path / "impressum.txt").write_bytes(b"\xff\xfe\x00")
    settings.LEGAL_DIR = str(tmp_path)
    assert "Hier fehlt der Text" in client.get("/impressum/").text


def test_the_ombuds_office_is_named_for_saxony_anhalt_alone(client, db):
    make.municipality("Anderswo", ars="059990010010")
    assert "Ombudsstelle" not in client.get("/barrierefreiheit/").text
    make.municipality()
    assert "Ombudsstelle" in client.get("/barrierefreiheit/").text


def test_retention_is_told_as_it_is_set(client, db, settings):
    settings.TRAINING_RETENTION_MONTHS = 7
    assert "Gelöscht wird 7 Monate, nachdem" in client.get("/datenschutz/").text

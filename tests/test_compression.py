"""What goes out compressed, and what stays as it is."""

import gzip

import pytest
from django.test import Client

from tests import make

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def row(department):
    return make.row(department=department, level=1)


@pytest.fixture
def client(sign_in, coordinator):
    return sign_in(coordinator)


def test_a_page_goes_out_compressed_to_who_can_read_it_and_never_twice_as_long_as_the_other(client, row):
    packed, plain = client.get("/leistungen/", headers=GZIP), client.get("/leistungen/")
    assert (packed["Content-Encoding"], "Content-Encoding" in plain) == ("gzip", False)
    assert "Hundesteuer Anmeldung" in gzip.decompress(packed.content).decode()
    assert "Accept-Encoding" in packed["Vary"]
    lengths = {len(client.get("/hilfe/", headers=GZIP).content) for _again in range(20)}
    assert len(lengths) > 1  # padded, so that a length tells nothing


def test_what_a_change_must_name_keeps_its_etag(client, row):
    answer = client.get(f"/api/v1/municipal-services/{row.pk}/", headers=GZIP)
    assert (answer["ETag"], "Content-Encoding" in answer) == ('"1"', False)


def test_a_workbook_is_not_compressed_again(client, row):
    assert "Content-Encoding" not in client.get("/leistungen/datei/herunterladen/", headers=GZIP)


@pytest.mark.django_db
def test_a_visitor_gets_the_sign_in_compressed():
    assert Client().get("/", headers=GZIP, follow=True)["Content-Encoding"] == "gzip"

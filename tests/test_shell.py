"""What every page carries."""

import re

import pytest

from tests import make


def navigation(text):
    bar = re.search(r'<nav class="ozg-nav".*?</nav>', text, re.S)
    return re.findall(r">([^<>]+)</a>", bar.group()) if bar else []


WORK = ["Übersicht", "Leistungen", "Nachweise", "Katalog", "Schulungen", "Berichte"]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("coordinator", [*WORK, "Kommune"]),
        ("staff", [*WORK, "Kommune"]),
        ("council", ["Berichte"]),
        ("operator", ["Übersicht", "Katalog", "Kommune"]),
    ],
)
def test_each_role_sees_its_own_navigation(client, db, role, words):
    client.force_login(make.user("person", role=role))
    assert navigation(client.get("/hilfe/").text) == words


def test_a_visitor_sees_no_navigation_and_no_municipality(client, db):
    text = client.get("/hilfe/").text
    assert navigation(text) == [] and "Musterstadt" not in text


def test_the_footer_names_catalogue_and_model(client, db):
    make.catalogue_import("2026-01")
    client.force_login(make.user())
    assert "Katalogstand 2026-01 · Reifegradmodell 1.1" in client.get("/hilfe/").text


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client, db):
    client.force_login(make.user())
    text = client.get("/konto/").text
    assert " style=" not in text and "<style" not in text and "<script>" not in text and "onclick" not in text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []

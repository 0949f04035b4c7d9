"""Everything that is stored of people has its entry, and every entry is in each person's own file."""

import json

import pikepdf
import pytest
from django.apps import apps
from django.urls import reverse

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import JournalEntry, Role, User
from ozg_tracker.personal.kept import GROUPS, KEPT
from ozg_tracker.personal.own_file import own_file
from tests import make
from tests.counting import queries

ENTRIES = {apps.get_model(kept.model): kept for kept in KEPT}


def forward(model):
    return [each for each in model._meta.get_fields() if each.is_relation and each.concrete and not each.many_to_many]


def test_every_table_that_names_people_has_an_entry():
    concerning = {model for model, kept in ENTRIES.items() if kept.concerns}
    assert User in concerning
    named = {
        model
        for model in apps.get_models(include_auto_created=True)
        if any(each.related_model in concerning for each in forward(model))
    }
    assert sorted(model._meta.label for model in named - set(ENTRIES)) == []


@pytest.mark.parametrize("model", ENTRIES, ids=lambda model: model._meta.label)
def test_every_field_of_such_a_table_is_told_or_describes_the_thing(model):
    kept = ENTRIES[model]
    direct = {each.name for each in forward(model) if each.related_model is User}
    assert direct - set(kept.via) == set()
    told = {*kept.fields, *kept.besides, *(each for each in kept.via if "__" not in each)} - {"pk"}
    assert told == {each.name for each in model._meta.concrete_fields if not each.primary_key}
    assert set(kept.fields) & set(kept.besides) == set()


@pytest.mark.parametrize("model", ENTRIES, ids=lambda model: model._meta.label)
def test_every_field_has_a_word_and_every_table_its_sentences(model):
    kept = ENTRIES[model]
    plain = [name for name, word in kept.named() if word == name.replace("_", " ") and name not in ("name", "version")]
    assert plain == []
    assert all(map(str, (kept.title, kept.why, kept.who, kept.how_long))) and kept.group in GROUPS


@pytest.mark.django_db
def test_the_own_file_has_every_entry_with_every_field(world):
    people, _pieces = world
    told = own_file(people["staff"])
    assert [table["table"] for table in told["tables"]] == [kept.model for kept in KEPT]
    for table, kept in zip(told["tables"], KEPT, strict=True):
        assert table["fields"] == dict(kept.named())
        assert all(list(row) == list(table["fields"]) for row in table["rows"])
    filled = {table["table"] for table in told["tables"] if table["rows"]}
    assert {
        *("accounts.User", "accounts.Membership", "training.TrainingTask", "training.Completion"),
        *("tracking.MunicipalService",),
    } <= filled
    json.dumps(told)


@pytest.mark.django_db
def test_the_own_file_names_nobody_else_and_no_secret():
    person, other = make.user("amt", Role.STAFF), make.user("koordination", last_name="Geheimrätin")
    person.set_password("lang und sicher genug")
    person.save()
    journal.write(journal.Kind.ROLE, municipality=make.municipality(), by=other, person=person)
    journal.write(journal.Kind.ROLE, municipality=make.municipality(), by=other, person=other, about="fremd")
    text = json.dumps(own_file(person), ensure_ascii=False)
    assert "eine andere Person" in text
    assert [word for word in ("Geheimrätin", "koordination", "fremd", person.password) if word in text] == []


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(client):
    person = make.user("amt", Role.STAFF)
    client.force_login(person)
    make.row(owner=person)
    address, page = reverse("own_data_file", args=["json"]), reverse("own_data")
    few = queries(client, address), queries(client, page)
    for number in range(3):
        make.row(make.service(f"9910701000000{number}", f"Leistung {number}"), owner=person)
        journal.write(journal.Kind.PERSON, municipality=make.municipality(), by=make.user(f"k{number}"), person=person)
    assert (queries(client, address), queries(client, page)) == few


@pytest.mark.django_db
def test_the_files_and_the_api_say_the_same_and_are_entries(client, world):
    people, _pieces = world
    person = people["staff"]
    client.force_login(person)
    told = client.get(reverse("own_data_file", args=["json"])).json()
    assert [len(table["rows"]) for table in told["tables"]] == [
        len(table["rows"]) - (table["table"] == "accounts.JournalEntry")
        for table in client.get("/api/v1/me/").json()["tables"]
    ]
    made = client.get(reverse("own_data_file", args=["pdf"]))
    with pikepdf.open(__import__("io").BytesIO(made.content)) as file:
        assert file.pages and file.Root.MarkInfo.Marked
    entries = JournalEntry.objects.filter(kind="export", person=person).order_by("pk")
    assert [each.after for each in entries] == [{"form": "JSON"}, {"form": "JSON"}, {"form": "PDF"}]
    assert client.get(reverse("own_data_file", args=["csv"])).status_code == 404


@pytest.mark.django_db
def test_the_pages(client):
    person = make.user("rat", Role.COUNCIL)
    client.force_login(person)
    own, fields = client.get(reverse("own_data")).text, client.get(reverse("kept_fields")).text
    assert "1 Eintrag" in own and "nichts" in own and "Auskunft als PDF laden" in own
    for kept in KEPT:
        assert kept.title in own
        assert all(f"<li>{word}</li>" in fields for _name, word in kept.named())

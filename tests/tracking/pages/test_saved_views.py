"""Views of the list kept by name and shared by address; columns that stay chosen after signing out."""

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.personal.own_file import own_file
from ozg_tracker.tracking.models import GridView
from ozg_tracker.tracking.saved_views import MOST, keep_view
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(department):
    return make.row(department=department, level=1)


def shown(answer):
    return [column.name for column in answer.context["columns"]]


def test_columns_chosen_are_there_after_signing_out_and_in_again(sign_in, manager, coordinator, row):
    answer = sign_in(manager).get("/leistungen/?columns=note&columns=state&keep=1")
    assert answer.url == f"/leistungen/?columns=note&columns=state&department={row.department_id}"
    assert shown(sign_in(manager).get("/leistungen/")) == ["note", "state"]
    assert len(shown(sign_in(coordinator).get("/leistungen/"))) == 6


def test_who_opens_the_address_of_a_view_keeps_the_own_columns(sign_in, manager, row):
    client = sign_in(manager)
    assert shown(client.get("/leistungen/?columns=note&all=1")) == ["note"]
    assert len(shown(client.get("/leistungen/"))) == 6


def test_a_view_is_kept_found_again_and_forgotten(sign_in, manager, coordinator, row):
    client = sign_in(manager)
    told = client.post(
        "/leistungen/ansichten/?state=open&columns=note", {"name": "  Offene  mit Bemerkung "}, follow=True
    )
    assert "Ansicht „Offene mit Bemerkung“ gespeichert." in told.text
    [view] = GridView.objects.all()
    page = client.get(f"/leistungen/?{view.query}")
    assert (shown(page), page.context["query"]["state"], page.context["here"]) == (["note"], "open", view.query)
    assert f'value="http://testserver/leistungen/?{view.query}"'.replace("&", "&amp;") in page.text
    assert "Offene mit Bemerkung" not in sign_in(coordinator).get("/leistungen/").text
    assert sign_in(coordinator).post("/leistungen/ansichten/", {"drop": view.pk}).status_code == 404
    assert "gelöscht" in sign_in(manager).post("/leistungen/ansichten/", {"drop": view.pk}, follow=True).text
    assert not GridView.objects.exists()


def test_a_view_of_the_same_name_is_replaced_and_one_without_a_name_refused(sign_in, manager, row):
    client = sign_in(manager)
    for state in ("open", "done"):
        client.post(f"/leistungen/ansichten/?state={state}", {"name": "Meine"})
    assert list(GridView.objects.values_list("query", flat=True)) == ["state=done"]
    assert "Bitte geben Sie der Ansicht einen Namen" in client.post("/leistungen/ansichten/", follow=True).text


def test_too_many_views_and_too_long_an_address_are_refused(manager):
    GridView.objects.bulk_create(
        GridView(person=manager, municipality=make.municipality(), name=f"{n}") for n in range(MOST)
    )
    for name, query in (("Noch eine", "q=1"), ("0", "q=" + "a" * 2000)):
        with pytest.raises(ValidationError):
            keep_view(manager, make.municipality(), name, query)
    assert keep_view(manager, make.municipality(), "0", "q=2").query == "q=2"


def test_everybody_has_a_view_of_the_own_late_services(sign_in, manager, row):
    names = [name for name, _query in sign_in(manager).get("/leistungen/").context["ready_views"]]
    assert names == ["Meine Leistungen", "Meine überfälligen", "Ohne zuständige Person"]


def test_the_file_of_a_person_names_both(manager, sign_in, row):
    client = sign_in(manager)
    client.get("/leistungen/?columns=note&keep=1")
    client.post("/leistungen/ansichten/?state=open", {"name": "Offene"})
    assert "Offene" in str(own_file(manager)) and "note" in str(own_file(manager))

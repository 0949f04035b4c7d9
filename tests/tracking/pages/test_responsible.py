"""Who is responsible for a row: who can be made so, and that nobody vanishes from it by the way."""

import pytest

from ozg_tracker.accounts.people import let_go
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.api.programs import Program
from tests.tracking.pages.grid_forms import parsed

CANNOT = (
    "Diese Person kann nicht zuständig sein. Das können Koordination, Leitung und Sachbearbeitung von Musterstadt, "
    "die nicht ausgeschieden sind."
)


@pytest.fixture
def row(department, staff):
    return make.row(department=department, owner=staff, level=1)


def sent(client, row, **changes):
    """The form of the row's page as the page fills it, with `changes`, sent."""
    address = f"/leistungen/{row.pk}/"
    fields = {name: values[-1] for name, values in parsed(client.get(address)).sent.items()}
    text = client.get(address).context["form"]["note"].value()
    return client.post(address, fields | {"note": text} | changes, follow=True)


def owner(row):
    return MunicipalService.objects.get(pk=row.pk).owner


def offered(client, row):
    return [
        text for value, text in client.get(f"/leistungen/{row.pk}/").context["form"].fields["owner"].choices if value
    ]


def leave(user, coordinator):
    let_go(user.memberships.get(), by=coordinator)


def test_who_left_stays_responsible_when_only_the_note_is_changed(sign_in, manager, coordinator, staff, row):
    leave(staff, coordinator)
    client = sign_in(manager)
    assert offered(client, row) == ["koordination", "leitung", "amt (nicht mehr wählbar)"]
    assert "Änderung gespeichert" in sent(client, row, note="Rückruf").text
    assert (owner(row), MunicipalService.objects.get().note) == (staff, "Rückruf")
    sent(client, row, owner="")
    assert owner(row) is None
    assert offered(client, row) == ["koordination", "leitung"]


def test_who_went_to_another_municipality_stays_responsible_too(sign_in, manager, coordinator, staff, row):
    make.Membership.objects.create(
        user=staff, role="staff", municipality=make.municipality("Anderswo", ars="159990020020")
    )
    let_go(staff.memberships.get(municipality=make.municipality()), by=coordinator)
    sent(sign_in(manager), row, note="Rückruf")
    assert owner(row) == staff


def test_a_late_entry_for_an_earlier_day_keeps_who_left(sign_in, manager, coordinator, staff, department):
    row = make.row(department=department, level=1)
    make.event(row, owner=staff, effective_on="2022-03-01")
    MunicipalService.objects.filter(pk=row.pk).update(owner=staff, version=2)
    leave(staff, coordinator)
    sent(sign_in(manager), row, effective_on="2022-01-10")
    assert StatusChange.objects.get(effective_on="2022-01-10").owner == staff


@pytest.fixture
def others(municipality, council, coordinator):
    """People who cannot be made responsible."""
    gone = make.user("gegangen", role="staff")
    leave(gone, coordinator)
    return [council, make.user("betrieb", role="operator"), gone]


def test_the_page_offers_and_takes_only_who_may_work_on_the_row(sign_in, manager, coordinator, row, others):
    client = sign_in(manager)
    assert offered(client, row) == ["amt", "koordination", "leitung"]
    for person in others:
        answer = sent(client, row, owner=person.pk)
        assert (answer.status_code, owner(row).username) == (400, "amt")


def test_the_api_refuses_others_with_the_sentence_one_by_one_and_in_bulk(coordinator, row, others):
    program = Program(coordinator)
    for person in others:
        answer = program.change(f"municipal-services/{row.pk}/", {"owner": person.username}, **{"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["errors"]) == (
            400,
            [{"field": "owner", "code": "unknown_person", "message": CANNOT}],
        )
        body = {"changes": [{"id": row.pk, "version": 1, "owner": person.username}]}
        [error] = program.send("municipal-services/bulk/", body).json()["errors"]
        assert (error["code"], error["message"]) == ("unknown_person", CANNOT)
    assert owner(row).username == "amt"


def test_the_api_takes_who_is_responsible_already_though_gone(coordinator, staff, row):
    leave(staff, coordinator)
    body = {"owner": "amt", "note": "Rückruf"}
    answer = Program(coordinator).change(f"municipal-services/{row.pk}/", body, **{"If-Match": '"1"'})
    assert (answer.status_code, owner(row)) == (200, staff)


def test_a_level_of_the_scale_before_stays_until_another_is_chosen(sign_in, manager, municipality, row):
    make.maturity_model("2.0", levels=8)
    type(municipality).objects.filter(pk=municipality.pk).update(maturity_model=make.maturity_model("2.0"))
    client = sign_in(manager)
    sent(client, row, note="Rückruf")
    assert MunicipalService.objects.get().level.model.version == "1.1"
    cells = next(each.cells for each in client.get("/leistungen/?q=").context["lines"] if each.line.row.pk == row.pk)
    assert "(Modell 1.1)</span>" in cells

"""The page of one row."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import Evidence, MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from tests import make


@pytest.fixture
def row(department):
    return make.row(department=department, level=1, cases_per_year=1240)


def sent(row, **changes):
    """The form as a browser sends it for the stored row, with `changes`."""
    return {
        "version": row.version,
        "state": row.state,
        "level": row.level_id or "",
        "responsibility": row.responsibility,
        "department": row.department_id or "",
        "owner": "",
        "planned_on": "",
        "cases_per_year": row.cases_per_year or "",
        "online_url": row.online_url,
        "note": row.note,
        "effective_on": timezone.localdate().isoformat(),
        "reason": "",
    } | changes


def today():
    return f"{timezone.localdate():%d.%m.%Y}"


def change(row, by, **changes):
    stored = MunicipalService.objects.get(pk=row.pk)
    change_status(stored, changes, seen_version=None, by=by, reason="Grund", effective_on=timezone.localdate())


def history(answer):
    block = answer.text.split('<ol class="ozg-time">')[1].split("</ol>")[0]
    return re.findall(r"<h3>(.*?)</h3>", block)


def test_the_page_tells_what_is_known(sign_in, manager, row):
    text = sign_in(manager).get(f"/leistungen/{row.pk}/").text
    assert "99 102 013 104 000" in text and "1.240 Fälle pro Jahr" in text and "Bürgerbüro" in text
    assert "0 von 1 der Kommune fertig" in text


def test_a_change_is_saved_with_reason_and_day_and_stands_in_the_history(sign_in, manager, row):
    client = sign_in(manager)
    day = timezone.localdate() - timedelta(days=3)
    form = sent(
        row, level=make.level(3).pk, state="done", reason="Onlinedienst nachgenutzt", effective_on=day.isoformat()
    )
    answer = client.post(f"/leistungen/{row.pk}/", form, follow=True)
    assert "Änderung gespeichert" in answer.text and "Onlinedienst nachgenutzt" in answer.text
    assert history(answer)[0] == "Stand offen → fertig, Reifegrad 1 → 3"
    assert f"gilt seit {day:%d.%m.%Y}" in answer.text


def test_a_change_for_an_earlier_day_joins_the_history_and_leaves_today(sign_in, manager, row):
    change(row, manager, level=make.level(3))
    row.refresh_from_db()
    client = sign_in(manager)
    answer = client.post(
        f"/leistungen/{row.pk}/",
        sent(row, level=make.level(2).pk, effective_on="2022-05-01", reason="Zurück"),
        follow=True,
    )
    row.refresh_from_db()
    assert row.level.number == 3
    assert "nachgetragen" in answer.text
    assert history(answer) == ["Reifegrad 2 → 3", "Reifegrad 1 → 2", "Aufgenommen, Zuständigkeit Kommune"]


def test_what_holds_today_is_entered_for_an_earlier_day_without_changing_a_field(sign_in, manager, row):
    change(row, manager, level=make.level(3))
    row.refresh_from_db()
    answer = sign_in(manager).post(
        f"/leistungen/{row.pk}/", sent(row, effective_on="2022-09-01", reason="Schon im September"), follow=True
    )
    event = row.events.get(effective_on=date(2022, 9, 1))
    assert (event.level.number, event.reason, event.cases_per_year) == (3, "Schon im September", 1240)
    assert f"Ab dem 01.09.2022 nachgetragen: Reifegrad. Der heutige Stand bleibt; ab dem {today()} gilt" in answer.text


def test_an_earlier_day_at_which_the_same_held_makes_no_event_and_says_so(sign_in, manager, row):
    answer = sign_in(manager).post(f"/leistungen/{row.pk}/", sent(row, effective_on="2022-09-01"), follow=True)
    assert "nichts zu speichern: Was hier steht, galt am 01.09.2022 schon." in answer.text
    assert row.events.count() == 1


def test_an_edited_field_alone_goes_to_the_earlier_day(sign_in, manager, row):
    change(row, manager, level=make.level(3))
    row.refresh_from_db()
    sign_in(manager).post(f"/leistungen/{row.pk}/", sent(row, effective_on="2022-09-01", note="Nur die Bemerkung"))
    event = row.events.get(effective_on=date(2022, 9, 1))
    assert (event.level.number, event.note) == (1, "Nur die Bemerkung")


def test_an_old_page_does_not_carry_its_outdated_value_to_an_earlier_day(sign_in, manager, coordinator, row):
    form = sent(row, effective_on="2022-09-01")
    change(row, coordinator, level=make.level(3))
    sign_in(manager).post(f"/leistungen/{row.pk}/", form)
    assert row.events.filter(effective_on=date(2022, 9, 1)).count() == 0


def test_nothing_of_others_is_overwritten_and_the_own_entries_are_kept(sign_in, manager, coordinator, row):
    client = sign_in(manager)
    form = sent(row, level=make.level(3).pk, note="Meine Bemerkung")
    change(row, coordinator, level=make.level(2))
    answer = client.post(f"/leistungen/{row.pk}/", form)
    row.refresh_from_db()
    assert (answer.status_code, row.level.number, row.note) == (409, 2, "")
    assert "<b>3 Online-Leistung</b>" in answer.text and "<b>2 Formular-Assistent</b>" in answer.text
    assert "Meine Bemerkung" in answer.text
    decided = sent(row, note="Meine Bemerkung") | {"pick-level": "mine", "mine-level": make.level(3).pk}
    client.post(f"/leistungen/{row.pk}/", decided)
    row.refresh_from_db()
    assert (row.level.number, row.note) == (3, "Meine Bemerkung")


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ({"effective_on": "2999-01-01", "state": "planned"}, "in der Zukunft"),
        ({"effective_on": "Mai", "state": "planned"}, "kein Tag"),
        ({"state": "done"}, "braucht einen Reifegrad ab 3"),
        ({"level": ""}, "Begründung fehlt"),
        ({"online_url": "javascript:alert(1)"}, "keine Internetadresse"),
        ({"cases_per_year": "-3"}, "ganze Zahl ab 0"),
        ({"state": "unfug"}, "unfug"),
        ({"planned_on": "31.02.2023"}, "kein Tag"),
    ],
)
def test_what_cannot_be_gets_a_sentence_and_changes_nothing(sign_in, manager, row, entered, sentence):
    answer = sign_in(manager).post(f"/leistungen/{row.pk}/", sent(row, **entered))
    assert answer.status_code == 400
    assert sentence in answer.text and "Noch nicht gespeichert" in answer.text
    assert MunicipalService.objects.get().version == 1


def test_staff_change_the_status_of_rows_they_own_and_nothing_else(sign_in, staff, row):
    MunicipalService.objects.filter(pk=row.pk).update(owner=staff)
    row.refresh_from_db()
    client = sign_in(staff)
    form = sent(row, owner=staff.pk, state="planned", responsibility="state")
    client.post(f"/leistungen/{row.pk}/", form)
    row.refresh_from_db()
    assert (row.state, row.responsibility) == ("planned", "municipality")


def test_who_may_not_change_sees_no_form_and_is_refused(sign_in, staff, row):
    client = sign_in(staff)
    assert "nur lesen" in client.get(f"/leistungen/{row.pk}/").text
    answer = client.post(f"/leistungen/{row.pk}/", sent(row, state="planned"))
    assert answer.status_code == 403
    assert "nur lesen" in answer.text


def test_the_claim_stands_beside_the_proof(sign_in, manager, row):
    change(row, manager, level=make.level(3))
    Evidence.objects.create(
        row=row,
        kind="directory",
        found_on=date(2022, 11, 20),
        online=False,
        origin="pvog.csv",
        recorded_at=timezone.now(),
    )
    text = sign_in(manager).get(f"/leistungen/{row.pk}/").text
    assert "kein Onlinedienst" in text and "Passt nicht zusammen" in text


def test_a_formula_in_a_name_is_only_text(sign_in, manager, department):
    evil = make.row(make.service("99000000000009", "=1+1<script>alert(1)</script>"), department=department)
    text = sign_in(manager).get(f"/leistungen/{evil.pk}/").text
    assert "<script>alert" not in text and "=1+1&lt;script&gt;" in text


def test_the_history_costs_the_same_for_three_events_as_for_one(sign_in, manager, row, django_assert_max_num_queries):
    client = sign_in(manager)
    with django_assert_max_num_queries(60) as one:
        client.get(f"/leistungen/{row.pk}/")
    for number in (2, 3):
        change(row, manager, level=make.level(number))
    with django_assert_max_num_queries(60) as three:
        client.get(f"/leistungen/{row.pk}/")
    assert len(one) == len(three)

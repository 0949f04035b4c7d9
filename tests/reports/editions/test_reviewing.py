"""A draft on its way: words for the report, objections, submitting, four eyes, dropping, the letter to the council."""

import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.tracking.models import MunicipalService
from reports import canonical
from reports.editions.answers import steps_of
from reports.editions.approving import approve_edition, return_edition, set_rules
from reports.editions.freeze import freeze_edition
from reports.editions.letters import tell_council
from reports.editions.reviewing import (
    answer_objection,
    be_content,
    drop_edition,
    missing,
    object_to,
    open_review,
    remind,
    renew_edition,
    submit_edition,
)
from reports.editions.texts import digest_of, keep_texts, reasons_of
from reports.editions.verifying.verify import verify_history
from reports.models import Edition, EditionStep, EditionText
from reports.telling.findings import quality
from tests import make

pytestmark = pytest.mark.django_db
NOVEMBER = date(2022, 11, 1)
ILL = "Kollegin Meier (Durchwahl 1234) ist krank"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def row():
    """A service that got worse in November, with a reason that names a person."""
    department = make.department("Bürgerdienste")
    made = make.row(make.service(), department=department, level=3, state="done")
    make.event(made, effective_on=date(2022, 11, 8), department=department, level=2, state="open", reason=ILL)
    MunicipalService.objects.filter(pk=made.pk).update(level=make.level(2), state="open", version=2)
    made.refresh_from_db()
    return made


@pytest.fixture
def coordinator():
    return make.user("koordination")


@pytest.fixture
def lead(row):
    return make.user("leitung", Role.MANAGER, department=row.department)


@pytest.fixture
def draft(row, coordinator):
    return freeze_edition(row.municipality, NOVEMBER, by=coordinator)


def figures(edition):
    return canonical.loads(edition.figures)


def test_every_reason_that_would_be_published_is_shown_once_and_one_that_names_a_person_is_marked(draft):
    assert [(each.entered, each.services, each.personal) for each in reasons_of(figures(draft))] == [
        (ILL, ["Hundesteuer Anmeldung"], True)
    ]


def test_what_is_worded_otherwise_is_in_the_edition_and_the_event_keeps_its_own(draft, coordinator, row):
    words = {("wording", digest_of(ILL)): "Die Abnahme verschiebt sich", ("comment", "late"): "Antwort bis 15.12."}
    keep_texts(draft, words | {("finding", "cases_unknown"): "wird gezählt"}, coordinator)
    made = submit_edition(draft, coordinator, coordinator)
    told = figures(made)
    assert [each["reason"] for each in told["movement"]["regressed"]] == ["Die Abnahme verschiebt sich"]
    assert told["comments"] == [{"section": "late", "text": "Antwort bis 15.12.", "on": "2022-12-02"}]
    assert {"code": "cases_unknown", "count": 1, "because": "wird gezählt"} in told["checklist"]
    assert ILL not in made.figures
    assert row.events.filter(reason=ILL).exists()
    assert (made.number, made.state, made.drawn_from, made.known_at) == (1, "submitted", draft, draft.known_at)
    draft.refresh_from_db()
    assert draft.state == "dropped"
    assert verify_history()["differences"] == []


def test_a_draft_without_words_of_its_own_that_is_approved_at_once_stays_the_row_that_was_frozen(draft, coordinator):
    made = approve_edition(draft, coordinator)
    assert (made.pk, made.figures) == (draft.pk, draft.figures)


def test_what_is_submitted_holds_what_was_looked_at_on_that_day_and_what_departments_said(
    draft, coordinator, lead, row
):
    make.department("Bauen")
    open_review(draft, date(2022, 12, 5), coordinator)
    answer_objection(object_to(draft, lead, "Reifegrad 3 seit 27.11.", row), coordinator, "Zählt ab Dezember.")
    keep_texts(draft, {("finding", "no_owner"): "Stelle ist ausgeschrieben"}, coordinator)
    made = submit_edition(draft, coordinator, coordinator)
    told = {each["code"]: (each["count"], each["because"]) for each in figures(made)["checklist"]}
    assert told["no_owner"] == (1, "Stelle ist ausgeschrieben")
    assert told["objections_answered"] == (1, "")
    assert told["cases_unknown"] == (1, "")
    assert "objections_open" not in told
    assert verify_history()["differences"] == []
    line = "Niemand ist zuständig: 1, bleibt so, weil: Stelle ist ausgeschrieben"
    assert line in quality(figures(made))


def test_who_has_not_answered_is_reminded_once_a_day(
    draft, coordinator, lead, mailoutbox, django_capture_on_commit_callbacks
):
    make.user("bauen", Role.MANAGER, department=make.department("Bauen"))
    open_review(draft, date(2022, 12, 5), coordinator)
    with pytest.raises(ValidationError) as refused:
        remind(draft, coordinator)
    assert refused.value.code == "nobody"
    be_content(draft, lead)
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        with django_capture_on_commit_callbacks(execute=True):
            assert [each.name for each in remind(draft, coordinator)] == ["Bauen"]
        with pytest.raises(ValidationError):
            remind(draft, coordinator)
    assert [(each.subject, each.to) for each in mailoutbox] == [
        ("Ihre Antwort zum Bericht fehlt: November 2022", ["bauen@example.invalid"])
    ]
    with time_machine.travel(datetime(2022, 12, 6, 8, tzinfo=UTC), tick=False):
        with pytest.raises(ValidationError) as refused:
            remind(draft, coordinator)
        assert refused.value.code == "not_in_review"


def test_a_wording_like_the_reason_and_an_empty_one_are_none(draft, coordinator):
    keep_texts(draft, {("wording", digest_of(ILL)): ILL, ("comment", "online"): " "}, coordinator)
    assert EditionText.objects.count() == 0


@pytest.mark.parametrize("about", [("comment", "wetter"), ("wording", "0" * 64), ("finding", "unbekannt")])
def test_words_for_what_the_edition_does_not_have_are_refused(draft, coordinator, about):
    with pytest.raises(ValidationError) as refused:
        keep_texts(draft, {about: "x"}, coordinator)
    assert refused.value.code == "unknown"


def test_with_a_second_person_nobody_approves_what_they_submitted(draft, coordinator, row):
    other = make.user("hauptamt", Role.MANAGER, department=row.department)
    set_rules(row.municipality, second_person=True, by=coordinator)
    with pytest.raises(ValidationError) as refused:
        approve_edition(draft, coordinator)
    assert refused.value.code == "not_submitted"
    with pytest.raises(ValidationError) as refused:
        submit_edition(draft, coordinator, coordinator)
    assert refused.value.message_dict["approver"]
    made = submit_edition(draft, coordinator, other)
    with pytest.raises(ValidationError) as refused:
        approve_edition(made, coordinator)
    assert refused.value.code == "second_person"
    approved = approve_edition(made, other)
    assert (approved.state, approved.submitted_by, approved.approved_by) == ("approved", coordinator, other)
    assert JournalEntry.objects.get(about="Berichte").after == {"second_person": "yes"}


def test_what_was_given_back_can_be_worded_again(draft, coordinator, mailoutbox, django_capture_on_commit_callbacks):
    keep_texts(draft, {("comment", "online"): "Erste Fassung."}, coordinator)
    made = submit_edition(draft, coordinator, coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        back = return_edition(made, coordinator, "Bitte kürzer.")
    assert (back.state, back.figures, back.number) == ("draft", draft.figures, 1)
    keep_texts(back, {("comment", "online"): "Zweite."}, coordinator)
    again = submit_edition(back, coordinator, coordinator)
    assert [each["text"] for each in figures(again)["comments"]] == ["Zweite."]
    assert [each.subject for each in mailoutbox] == ["Bericht zurückgegeben: November 2022"]
    assert verify_history()["differences"] == []
    assert Edition.objects.standing().count() == 1


def test_a_department_objects_at_the_row_until_the_day_and_is_answered_before_it_is_submitted(
    draft, coordinator, lead, row, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        open_review(draft, date(2022, 12, 5), coordinator)
    assert [each.to for each in mailoutbox] == [["leitung@example.invalid"]]
    assert [each.anchor for each in missing(draft)] == ["einwaende"]
    raised = object_to(draft, lead, "Reifegrad 3 seit 27.11.", row)
    assert [each.text for each in row.objections.all()] == ["Reifegrad 3 seit 27.11."]
    with pytest.raises(ValidationError) as refused:
        submit_edition(draft, coordinator, coordinator)
    assert refused.value.code == "missing"
    answer_objection(raised, coordinator, "Zählt ab Dezember.")
    with pytest.raises(ValidationError) as refused:
        answer_objection(raised, coordinator, "Noch einmal.")
    assert refused.value.code == "answered"
    assert submit_edition(draft, coordinator, coordinator).state == "submitted"


def test_after_the_day_nobody_objects_and_nobody_is_waited_for(draft, coordinator, lead):
    open_review(draft, date(2022, 12, 2), coordinator)
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        with pytest.raises(ValidationError) as refused:
            be_content(draft, lead)
        assert refused.value.code == "not_in_review"
        assert missing(draft) == []


def test_a_lead_objects_for_the_own_department_alone(draft, coordinator, lead):
    other = make.row(make.service("99102013104001", "Bauschein"), department=make.department("Bauen"))
    open_review(draft, date(2022, 12, 5), coordinator)
    with pytest.raises(ValidationError) as refused:
        object_to(draft, lead, "falsch", other)
    assert refused.value.code == "not_allowed"


def test_a_draft_reckoned_anew_knows_what_was_told_since_and_keeps_words_and_steps(draft, coordinator, lead, row):
    open_review(draft, date(2022, 12, 5), coordinator)
    keep_texts(draft, {("comment", "moved"): "Nachtrag folgt."}, coordinator)
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        make.event(row, effective_on=date(2022, 11, 28), recorded_at=datetime(2022, 12, 3, 7, tzinfo=UTC), level=3,
                   state="done", department=row.department)  # fmt: skip
        made = renew_edition(draft, coordinator)
    assert (made.state, figures(made)["totals"]["ready"], figures(draft)["totals"]["ready"]) == ("in_review", 1, 0)
    assert [each.text for each in made.texts.all()] == ["Nachtrag folgt."]
    assert [each.kind for each in steps_of(made)] == ["opened", "renewed"]


def test_a_correction_keeps_the_wording(draft, coordinator, row):
    keep_texts(draft, {("wording", digest_of(ILL)): "Die Abnahme verschiebt sich"}, coordinator)
    approve_edition(draft, coordinator)
    with time_machine.travel(datetime(2022, 12, 4, 8, tzinfo=UTC), tick=False):
        assert freeze_edition(row.municipality, NOVEMBER).number == 1
        late = make.service("99102013104002", "Fischereischein")
        make.row(late, effective_on=date(2022, 10, 1), recorded_at=datetime(2022, 12, 4, 7, tzinfo=UTC), level=3)
        made = approve_edition(freeze_edition(row.municipality, NOVEMBER, correct="Nachtrag"), coordinator)
        assert verify_history()["differences"] == []
    assert (made.number, ILL in made.figures, ILL in made.differences) == (2, False, False)
    assert "Die Abnahme verschiebt sich" in made.figures


def test_a_dropped_draft_is_gone_for_people_and_stays_in_the_chain(draft, coordinator, row):
    drop_edition(draft, coordinator, "falscher Katalogstand")
    assert Edition.objects.visible_to(coordinator).count() == 0
    again = freeze_edition(row.municipality, NOVEMBER, by=coordinator)
    assert (again.number, again.previous_sha256) == (1, draft.sha256)
    with pytest.raises(ValidationError) as refused:
        drop_edition(approve_edition(again, coordinator), coordinator, "doch nicht")
    assert refused.value.code == "not_open"
    assert verify_history()["differences"] == []


def test_it_is_published_at_its_time_and_the_council_is_told_once(draft, coordinator, mailoutbox):
    council = make.user("rat", Role.COUNCIL)
    eight = datetime(2022, 12, 10, 7, tzinfo=UTC)
    approve_edition(submit_edition(draft, coordinator, coordinator, publish_at=eight), coordinator)
    assert tell_council(draft.municipality) == 0
    assert not Edition.objects.visible_to(council).exists()
    with time_machine.travel(eight, tick=False):
        assert Edition.objects.visible_to(council).count() == 1
        assert (tell_council(draft.municipality), tell_council(draft.municipality)) == (1, 0)
    assert [(each.subject, each.to) for each in mailoutbox] == [
        ("Neuer Sachstandsbericht: November 2022", ["rat@example.invalid"])
    ]


def test_a_letter_that_died_half_way_is_taken_up_after_an_hour(draft, coordinator, mailoutbox):
    make.user("rat", Role.COUNCIL)
    approve_edition(draft, coordinator, tell=True)
    EditionStep.objects.create(edition=draft, kind="telling", recorded_at=datetime(2022, 12, 2, 8, tzinfo=UTC))
    assert tell_council(draft.municipality) == 0
    with time_machine.travel(datetime(2022, 12, 2, 9, 1, tzinfo=UTC), tick=False):
        assert tell_council(draft.municipality) == 1


def test_the_database_keeps_steps_and_the_words_that_are_in_an_edition(draft, coordinator):
    keep_texts(draft, {("comment", "online"): "Gut."}, coordinator)
    submit_edition(draft, coordinator, coordinator)
    for change, message in (
        ("UPDATE reports_editiontext SET text = 'x'", "Was in einer Ausgabe steht"),
        ("DELETE FROM reports_editiontext", "Was in einer Ausgabe steht"),
        ("UPDATE reports_editionstep SET text = 'x'", "bleibt, wie er ist"),
        ("DELETE FROM reports_editionstep", "bleibt, wie er ist"),
        ("UPDATE reports_edition SET state = 'in_review' WHERE state = 'submitted'", "Diesen Weg"),
        ("UPDATE reports_edition SET state = 'draft' WHERE state = 'dropped'", "bleibt verworfen"),
    ):
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            connection.cursor().execute(change)


def test_blocked_without_a_reason_has_to_be_mended_first(coordinator):
    blocked = make.row(make.service("99102013104003", "Wohngeld"), level=1, state="blocked")
    draft = freeze_edition(blocked.municipality, NOVEMBER)
    assert [each.words for each in missing(draft)] == ["der Grund für 1 blockierte Leistung"]


def test_texts_are_frozen_as_json(draft, coordinator):
    keep_texts(draft, {("comment", "training"): "Zwei Kurse mehr."}, coordinator)
    made = submit_edition(draft, coordinator, coordinator)
    assert json.loads(made.figures)["comments"][0]["section"] == "training"
    assert canonical.digest(made.figures) == made.sha256

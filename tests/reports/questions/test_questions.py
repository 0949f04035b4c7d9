"""A member of the council asks at a published edition; it is answered once; both stand in the next edition."""

import threading
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.reminding.letters import forget_letters
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.overview.todos import todos
from reports import canonical
from reports.editions.approving import approve_edition
from reports.editions.freeze import freeze_edition, would_differ
from reports.editions.reviewing import submit_edition
from reports.editions.verifying.verify import verify_history
from reports.models import CouncilQuestion, CouncilQuestionStep, Edition, ReportLetter
from reports.questions.answering import answer_question
from reports.questions.asking import ask_question, withdraw_question
from reports.questions.reading import questions_of
from tests import make

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER, DECEMBER = (date(2022, month, 1) for month in (10, 11, 12))
NOW = datetime(2022, 11, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department("Bürgerdienste"), level=3, state="done")


@pytest.fixture
def coordinator(row):
    return make.user("koordination", email="koordination@example.org")


@pytest.fixture
def council(row):
    return make.user("rat", Role.COUNCIL, email="rat@example.org", last_name="Zwiebel")


@pytest.fixture
def october(row, coordinator):
    return approve_edition(freeze_edition(row.municipality, OCTOBER, by=coordinator), coordinator)


@pytest.fixture
def question(october, council):
    return ask_question(october, council, "Warum so wenig?", section="online")


def refused(deed, *given, **named):
    with pytest.raises(ValidationError) as error, transaction.atomic():
        deed(*given, **named)
    return error.value.code


def test_question_and_answer_stand_in_the_edition_of_the_month_of_the_answer(clock, question, coordinator, row):
    clock.move_to(datetime(2022, 11, 20, 9, tzinfo=UTC))
    answer_question(question, coordinator, "Weil das Verfahren fehlt.")
    clock.move_to(datetime(2022, 12, 2, 9, tzinfo=UTC))
    november = freeze_edition(row.municipality, NOVEMBER, by=coordinator)
    assert canonical.loads(november.figures)["asked"] == [
        {
            "about": "online",
            "service": None,
            "month": "2022-10",
            "text": "Warum so wenig?",
            "answer": "Weil das Verfahren fehlt.",
            "asked_on": "2022-11-02",
            "answered_on": "2022-11-20",
        }
    ]
    assert "zwiebel" not in november.figures.casefold()
    clock.move_to(datetime(2023, 1, 3, 9, tzinfo=UTC))
    december = freeze_edition(row.municipality, DECEMBER, by=coordinator)
    assert canonical.loads(december.figures)["asked"] == []
    assert verify_history()["differences"] == []


def test_the_day_of_the_answer_is_one_of_berlin(clock, question, coordinator, row):
    clock.move_to(datetime(2022, 11, 30, 23, 30, tzinfo=UTC))  # half past midnight on the first of December
    answer_question(question, coordinator, "Ja.")
    clock.move_to(datetime(2023, 1, 3, 9, tzinfo=UTC))
    asked = [canonical.loads(freeze_edition(row.municipality, each).figures)["asked"] for each in (NOVEMBER, DECEMBER)]
    assert [[each["answered_on"] for each in month] for month in asked] == [[], ["2022-12-01"]]


def test_an_edition_frozen_before_anybody_could_ask_stays_valid(october):
    figures = canonical.loads(october.figures)
    del figures["asked"]
    text = canonical.dumps(figures)
    old = Edition(
        **{
            field.attname: getattr(october, field.attname)
            for field in Edition._meta.fields
            if field.attname not in ("id", "number", "figures", "sha256", "previous_sha256", "correction_reason")
        },
        number=2,
        figures=text,
        sha256=canonical.digest(text),
        previous_sha256=october.sha256,
        correction_reason="Probe",
    )
    old.save()
    assert would_differ(old) == []
    assert [each["message"] for each in verify_history()["differences"] if "Prüfsumme" not in each["message"]] == []


def test_an_answer_that_was_tampered_with_is_found_by_the_history(clock, question, coordinator, row):
    answer_question(question, coordinator, "Ja.")
    clock.move_to(datetime(2022, 12, 2, 9, tzinfo=UTC))
    november = freeze_edition(row.municipality, NOVEMBER, by=coordinator)
    figures = canonical.loads(november.figures)
    figures["asked"][0]["answer"] = "Nein."
    november.figures = canonical.dumps(figures)
    assert would_differ(november) == [
        "Fragen aus dem Rat, „Warum so wenig?“ fällt weg",
        "Fragen aus dem Rat, „Warum so wenig?“ kommt hinzu",
    ]


def test_a_service_is_asked_about_as_the_edition_calls_it(october, council, row):
    made = ask_question(october, council, "Seit wann?", service=row.service.key)
    assert (made.service, made.row, made.section) == (
        {"key": row.service.key, "ozg_id": made.service_ozg_id or None, "name": row.service.name},
        row,
        "",
    )


@pytest.mark.parametrize("place", [{}, {"section": "lead"}, {"service": "99"}, {"section": "online", "service": "99"}])
def test_a_place_that_the_edition_does_not_have_is_refused(october, council, place):
    assert refused(ask_question, october, council, "Warum?", **place) == "unknown"
    assert CouncilQuestion.objects.count() == 0


@pytest.mark.parametrize(("text", "code"), [(" \n", "reason_required"), ("x" * 601, "too_long")])
def test_a_question_has_words_and_a_length(october, council, text, code):
    assert refused(ask_question, october, council, text, section="online") == code


def test_only_the_council_asks_and_only_the_coordination_answers(october, council, coordinator, question):
    assert refused(ask_question, october, coordinator, "Warum?", section="online") == "not_allowed"
    assert refused(answer_question, question, council, "Darum.") == "not_allowed"
    elsewhere = make.user("fremd", Role.COUNCIL, municipality=make.municipality("Anderswo", ars="150830270270"))
    assert refused(ask_question, october, elsewhere, "Warum?", section="online") == "not_allowed"


def test_a_draft_is_not_asked_about(row, council, coordinator):
    draft = freeze_edition(row.municipality, OCTOBER, by=coordinator)
    assert refused(ask_question, draft, council, "Warum?", section="online") == "not_published"


def test_the_same_question_sent_twice_is_one(october, council, question, coordinator):
    assert ask_question(october, council, " Warum so wenig? ", section="online") == question
    answer_question(question, coordinator, "Darum.")
    assert ask_question(october, council, "Warum so wenig?", section="online") != question


def test_a_second_answer_is_refused_by_the_database_too(question, coordinator):
    answer_question(question, coordinator, "Darum.")
    assert refused(answer_question, question, coordinator, "Doch nicht.") == "closed"
    with pytest.raises(IntegrityError, match="schon beantwortet oder zurückgezogen"), transaction.atomic():
        CouncilQuestionStep.objects.create(
            question=question, kind="answered", text="Doch.", by=coordinator, recorded_at=NOW
        )
    assert CouncilQuestionStep.objects.get().text == "Darum."


def test_who_asked_withdraws_while_it_is_unanswered_and_nobody_else(question, council, coordinator, october):
    assert refused(withdraw_question, question, coordinator) == "not_allowed"
    withdraw_question(question, council)
    assert list(questions_of(october)) == []
    assert refused(answer_question, question, coordinator, "Darum.") == "closed"
    assert refused(withdraw_question, question, council) == "closed"


def test_an_answered_question_is_not_withdrawn(question, council, coordinator):
    answer_question(question, coordinator, "Darum.")
    assert refused(withdraw_question, question, council) == "closed"


@pytest.mark.parametrize("table", ["councilquestion", "councilquestionstep"])
@pytest.mark.parametrize("verb", ["UPDATE reports_{} SET text = 'x'", "DELETE FROM reports_{}"])
def test_neither_is_changed_or_deleted(question, coordinator, table, verb):
    answer_question(question, coordinator, "Darum.")
    with pytest.raises(IntegrityError, match="nicht geändert oder gelöscht"), transaction.atomic():
        connection.cursor().execute(verb.format(table))


def test_a_question_stays_inside_its_municipality(october, council):
    with pytest.raises(IntegrityError, match="gehört zu einer Ausgabe"), transaction.atomic():
        CouncilQuestion.objects.create(
            municipality=make.municipality("Anderswo", ars="150830270270"),
            edition=october,
            section="online",
            text="Warum?",
            asked_by=council,
            recorded_at=NOW,
        )


def test_a_correction_of_the_month_shows_what_was_asked_at_the_edition_before(question, coordinator, row):
    make.row(make.service("99107000000002", "Reisepass"), department=row.department, level=1, state="open")
    again = freeze_edition(row.municipality, OCTOBER, by=coordinator, correct="Nachgetragen")
    assert list(questions_of(again)) == [question]


def test_the_checklist_names_questions_without_an_answer(clock, question, coordinator, row):
    clock.move_to(datetime(2022, 12, 2, 9, tzinfo=UTC))
    draft = freeze_edition(row.municipality, NOVEMBER, by=coordinator)
    made = submit_edition(draft, coordinator, coordinator)
    told = {each["code"]: each["count"] for each in canonical.loads(made.figures)["checklist"]}
    assert told["questions_open"] == 1
    assert verify_history()["differences"] == []


def test_an_open_question_waits_for_the_coordination_until_it_is_answered(question, coordinator, council):
    held = coordinator.memberships.get()

    def waits():
        what = [each.what for each in waiting_for(held) if each.deed == "Beantworten"]
        return what, [each.number for each in todos(coordinator, held) if "Rat" in each.title]

    assert waits() == (["Frage aus dem Rat, Oktober 2022: Was ist online?"], [1])
    answer_question(question, coordinator, "Darum.")
    assert waits() == ([], [])


def sent(clock, moment):
    clock.move_to(moment)
    mail.outbox.clear()
    send_due_reminders(moment, make.municipality())
    return {letter.to[0]: [line for line in letter.body.splitlines() if line[:1] == "–"] for letter in mail.outbox}


def test_the_coordination_hears_of_a_question_and_the_asker_of_the_answer_once_and_not_at_night(
    clock, question, coordinator
):
    night, morning = datetime(2022, 11, 2, 22, tzinfo=UTC), datetime(2022, 11, 3, 7, tzinfo=UTC)
    words = "– Frage aus dem Rat zum Bericht Oktober 2022, Was ist online?: bitte beantworten"
    assert sent(clock, night) == {}
    assert sent(clock, morning) == {"koordination@example.org": [words]}
    assert sent(clock, datetime(2022, 11, 4, 7, tzinfo=UTC)) == {}
    answer_question(question, coordinator, "Darum.")
    assert sent(clock, datetime(2022, 11, 4, 21, tzinfo=UTC)) == {}
    words = "– Ihre Frage zum Bericht Oktober 2022, Was ist online?, ist beantwortet"
    assert sent(clock, datetime(2022, 11, 5, 7, tzinfo=UTC)) == {"rat@example.org": [words]}
    assert sent(clock, datetime(2022, 11, 6, 7, tzinfo=UTC)) == {}
    assert forget_letters(ReportLetter, question.municipality, datetime(2023, 12, 1, tzinfo=UTC)) == 2
    assert ReportLetter.objects.count() == 0


def test_who_left_the_council_hears_nothing(clock, question, coordinator, council):
    answer_question(question, coordinator, "Darum.")
    council.memberships.all().delete()
    assert "rat@example.org" not in sent(clock, datetime(2022, 11, 5, 7, tzinfo=UTC))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["answer", "withdraw"])
def test_of_an_answer_and_a_withdrawal_at_the_same_time_one_holds(question, council, coordinator, first):
    barrier, got = threading.Barrier(2), []

    def run(deed, *given):
        try:
            barrier.wait()
            deed(*given)
            got.append("done")
        except ValidationError as error:
            got.append(error.code)
        finally:
            connection.close()

    deeds = [(answer_question, question, coordinator, "Darum."), (withdraw_question, question, council)]
    threads = [threading.Thread(target=run, args=each) for each in (deeds if first == "answer" else deeds[::-1])]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sorted(got), CouncilQuestionStep.objects.count()) == (["closed", "done"], 1)

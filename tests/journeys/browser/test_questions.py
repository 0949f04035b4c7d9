"""A member of the council asks at a figure, the coordination answers, the next report has both: by keyboard, without a
script, on a phone.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from reports import canonical, months
from reports.editions.approving import approve_edition
from reports.editions.freeze import freeze_edition
from reports.questions.answering import answer_question
from reports.questions.asking import ask_question
from tests import make
from tests.journeys.browser.keys import Keys
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "Warum ist Wohngeld noch nicht online?\nUnd wann kommt es?"
ANSWER = "Der Landesdienst fehlt.\nEr ist für Mai zugesagt."


@pytest.fixture
def coordinator():
    department = make.department("Bürgerdienste")
    make.row(make.service(), department=department, level=3, state="done")
    make.row(make.service("99102013104003", "Wohngeld"), level=1, state="open", department=department)
    return make.user()


@pytest.fixture
def council(coordinator):
    return make.user("rat", Role.COUNCIL, last_name="Zwiebel")


@pytest.fixture
def edition(coordinator):
    return published(coordinator, months.step(timezone.localdate().replace(day=1), -2))


def published(coordinator, month):
    return approve_edition(freeze_edition(make.municipality(), month, by=coordinator), coordinator)


def address(edition):
    return f"/berichte/{edition.month.year}/{edition.month.month}/{edition.number}/"


def test_asked_at_a_figure_answered_and_both_stand_in_the_next_report(open_page, council, coordinator):
    this_month = timezone.localdate().replace(day=1)
    with time_machine.travel(timezone.now() - timedelta(days=timezone.localdate().day + 5)):
        edition = published(coordinator, months.step(this_month, -2))
        _asked_and_answered(open_page, edition, council, coordinator)
    following = published(coordinator, months.step(this_month, -1))
    (told,) = canonical.loads(following.figures)["asked"]
    assert (told["text"], told["answer"]) == (QUESTION, ANSWER)
    reads = open_page(council, width=320, scripts=False)
    for at in (edition, following):
        reads.goto(address(at))
        text = reads.inner_text("main")
        assert [words for words in (*QUESTION.splitlines(), *ANSWER.splitlines()) if words not in text] == []
        assert "Zwiebel" not in text
    assert (reads.complaints, sideways(reads)) == ([], 0)


def _asked_and_answered(open_page, edition, council, coordinator):
    asks = open_page(council, width=320, scripts=False)
    keys = Keys(asks)
    asks.goto(address(edition))
    keys.go("Frage stellen Was ist online")
    asks.keyboard.press("Enter")
    keys.type("Ihre Frage an die Verwaltung", QUESTION)
    keys.press("Frage absenden")
    assert "Ihre Frage ist gestellt" in asks.inner_text("main")
    assert sideways(asks) == 0

    answers = open_page(coordinator, width=320, scripts=False)
    keys = Keys(answers)
    answers.goto("/berichte/")
    keys.press("Fragen beantworten")
    assert "Wohngeld" in answers.inner_text("main")
    keys.type("Antwort", "  ")
    keys.press("Antwort geben")
    assert "Bitte schreiben Sie die Antwort." in answers.inner_text("main")
    keys.type("Antwort", ANSWER)
    keys.press("Antwort geben")
    assert "Keine Frage wartet auf eine Antwort." in answers.inner_text("main")
    assert (asks.complaints, sideways(asks)) == ([], 0)
    assert [each for each in answers.complaints if "400" not in each] == []  # what was refused, and nothing else


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_with_a_question_fits_and_excludes_nobody(open_page, edition, council, coordinator, width):
    first = ask_question(edition, council, "Wann?" + " Sehr lange nachgefragt." * 20, section="online")
    ask_question(edition, council, "Warum?", section="moved")
    answer_question(first, coordinator, "Bald. " * 60)
    found = {}
    pages = (address(edition), "/berichte/fragen/")
    for person, addresses in ((council, (*pages, f"{address(edition)}fragen/?section=late")), (coordinator, pages)):
        for where in addresses:
            page = open_page(person, width=width)
            status = page.goto(where).status
            page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
            wrong = (status, sideways(page), violations(page), page.complaints)
            if wrong != (200, 0, [], []):
                found[person.username, where] = wrong
    assert found == {}

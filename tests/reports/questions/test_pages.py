"""The pages of the council's questions: each form is sent as the page has it."""

import lxml.html
import pytest
from django.test import Client

from ozg_tracker.accounts.models import Role
from reports.models import CouncilQuestion, Edition
from reports.questions.answering import answer_question
from reports.questions.asking import ask_question
from tests import make
from tests.counting import queries
from tests.reports.made_editions import edition as made
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db
PAGE = "/berichte/2022/11/1/"
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>{{ 7|add:7 }}'


@pytest.fixture
def edition():
    found = made(sample(), state=Edition.State.APPROVED)
    found.municipality, found.catalogue_import = make.municipality(), make.catalogue_import()
    found.save()
    return found


def signed_in(name, role):
    client = Client()
    client.force_login(make.user(name, role))
    return client


@pytest.fixture
def council(edition):
    return signed_in("rat", Role.COUNCIL)


@pytest.fixture
def coordinator(edition):
    return signed_in("koordination", Role.COORDINATOR)


def form_of(answer, ending):
    """The first form that is sent to an address that ends so: its address and what it sends by itself."""
    page = lxml.html.fromstring(answer.content)
    form = next(each for each in page.forms if each.get("action", "").endswith(ending))
    return form.get("action"), {name: value or "" for name, value in form.form_values()}


def asked(council, address=PAGE, text="Warum?", follow=True):
    where, sent = form_of(council.get(address), "/fragen/")
    return council.post(where, sent | {"text": text}, follow=follow)


def test_asked_at_a_section_answered_and_read_by_all_at_the_same_place(council, coordinator):
    answer = asked(council)
    assert answer.redirect_chain == [(f"{PAGE}#frage-{CouncilQuestion.objects.get().pk}", 302)]
    assert "Ihre Frage ist gestellt" in answer.text and "Noch ohne Antwort" in answer.text
    assert "1 Frage" not in council.get("/berichte/").text
    assert "Eine Frage aus dem Rat wartet auf Ihre Antwort" in coordinator.get("/berichte/").text
    where, sent = form_of(coordinator.get("/berichte/fragen/"), "/antwort/")
    answer = coordinator.post(where, sent | {"text": "Darum."}, follow=True)
    assert "Die Antwort ist gegeben" in answer.text and "Keine Frage wartet auf eine Antwort" in answer.text
    for reader in (council, coordinator, signed_in("amt", Role.STAFF)):
        text = reader.get(PAGE).text
        assert ("Warum?" in text, "Darum." in text) == (True, True)
    assert ">rat<" not in coordinator.get(PAGE).text


def test_asked_at_a_service_it_stands_on_the_page_of_the_service(council):
    page = f"{PAGE}leistungen/?service=99100000000000"
    key = sample()["services"][0]["key"]
    page = f"{PAGE}leistungen/?service={key}"
    answer = asked(council, page, "Seit wann?")
    assert "Seit wann?" in answer.text and "Seit wann?" in council.get(page).text
    assert "Seit wann?" not in council.get(PAGE).text
    assert "Seit wann?" in council.get("/berichte/fragen/").text


def test_who_is_no_member_of_the_council_finds_no_form(coordinator, edition):
    assert "Frage stellen" not in coordinator.get(PAGE).text


def test_what_is_refused_comes_back_with_what_was_typed(council):
    answer = asked(council, text="x" * 601)
    assert (answer.status_code, "x" * 601 in answer.text) == (400, True)
    answer = asked(council, text=" ")
    assert (answer.status_code, "Bitte schreiben Sie Ihre Frage" in answer.text) == (400, True)
    assert asked(council, text="Was\0ist das?").status_code == 400
    assert council.post(f"{PAGE}fragen/", {"section": "nichts", "text": "Warum?"}).status_code == 400
    assert council.get(f"{PAGE}fragen/?section=nichts").status_code == 404
    assert CouncilQuestion.objects.count() == 0


def test_the_form_has_a_page_of_its_own(council):
    assert "Was ist online?" in council.get(f"{PAGE}fragen/?section=online").text


def test_an_answer_that_is_refused_comes_back_with_what_was_typed(council, coordinator):
    asked(council)
    where, sent = form_of(coordinator.get("/berichte/fragen/"), "/antwort/")
    answer = coordinator.post(where, sent | {"text": "y" * 1001})
    assert (answer.status_code, "y" * 1001 in answer.text) == (400, True)
    coordinator.post(where, sent | {"text": "Darum."})
    answer = coordinator.post(where, sent | {"text": "Doch nicht."})
    assert (answer.status_code, "schon beantwortet oder zurückgezogen" in answer.text) == (400, True)


def test_withdrawn_by_who_asked_it_is_gone(council, coordinator):
    asked(council)
    other = signed_in("rat2", Role.COUNCIL)
    assert "Frage zurückziehen" not in other.get(PAGE).text
    where, sent = form_of(council.get(PAGE), "/zurueckziehen/")
    assert other.post(where, sent).status_code == 404
    assert "zurückgezogen und wird nicht mehr gezeigt" in council.post(where, sent, follow=True).text
    assert "Warum?" not in council.get(PAGE).text + coordinator.get("/berichte/fragen/").text


def test_hostile_words_are_harmless(council):
    text = asked(council, text=HOSTILE).text
    assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text and "{{ 7|add:7 }}" in text


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("address", "expected"), [(PAGE, 13), ("/berichte/fragen/", 7)])
def test_three_questions_are_shown_by_as_many_queries_as_one(number, address, expected, council, edition):
    person, answers = make.User.objects.get(username="rat"), make.user("antwort")
    for each in range(number):
        ask_question(edition, person, f"Offen {each}?", section="online")
        answer_question(ask_question(edition, person, f"Frage {each}?", section="late"), answers, "Darum.")
    assert queries(council, address) == expected

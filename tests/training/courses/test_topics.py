"""The topics we propose: ours, well-founded, and marked so."""

import pytest

from ozg_tracker.training.courses.topics import course_from, topics
from ozg_tracker.training.models import Category, Course
from tests import make


def test_each_topic_is_whole_and_says_why():
    found = topics()
    assert all(each.title and each.purpose and each.content and each.grounds for each in found.values())
    assert len({each.title for each in found.values()}) == len(found)
    assert {each.category for each in found.values()} == set(Category)


def test_what_names_an_official_rule_names_the_place():
    official = ("verordnung", "richtlinie", "gesetz", "reifegradmodell")
    sources = [each.source for each in topics().values() if each.source]
    assert sources
    assert all(any(word in source.casefold() for word in official) for source in sources)


def test_only_what_can_be_looked_up_names_a_source():
    assert {each.slug for each in topics().values() if each.source} == {
        "reifegrade-bewerten",
        "nutzerkonten",
        "verwaltungsportal",
        "barrierefreie-dokumente",
        "klare-sprache",
    }


@pytest.mark.django_db
def test_what_names_none_is_marked_as_our_own_view_and_all_as_ours(client):
    client.force_login(make.user())
    text = client.get("/schulungen/kurse/vorschlaege/").text
    assert "Keine amtliche Liste; Sie entscheiden." in text
    assert text.count("eigene Einschätzung") == sum(not each.source for each in topics().values())
    for slug, mark in (
        ("klare-sprache", "(Onlinezugangsgesetz, § 7"),
        ("e-akte", "nicht digitalisiert. (eigene Einschätzung)"),
    ):
        course = course_from(topics()[slug], Course(municipality=make.municipality()))
        course.save()
        page = client.get(f"/schulungen/kurse/{course.pk}/").text
        assert "keine amtliche Vorgabe" in page and mark in page


def test_an_interval_is_told_to_be_our_proposal():
    renewed = [each for each in topics().values() if each.interval_months]
    assert all("unser Vorschlag" in each.grounds for each in renewed)


def test_a_course_begins_as_the_topic_says():
    course = course_from(topics()["datenschutz"], Course())
    assert (course.title, course.topic, course.category, course.interval_months) == (
        "Datenschutz im Bürgerkontakt",
        "datenschutz",
        "security",
        12,
    )

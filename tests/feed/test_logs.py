"""Whatever is only ever added to is in the feed, or is a part of something that is."""

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from ozg_tracker.feed.logs import LOGS

# What hangs on an event of its own and never comes without it, or says nothing that happened in a municipality.
PARTS = {
    "handover_handoveritem": "handover",
    "handover_otheritem": "handover",
    "tracking_mention": "comment",
    "tracking_countedrow": "counting-week",
    "tracking_roundrow": "round",
    "tracking_roundreopened": "round-step",
    "reorganising_rulemove": "reorganisation",
    "reports_editiontext": "edition",
    "reports_seal": "edition",
    "reports_editionsignature": "edition-step",
    "reports_publication": "journal-entry",
    "reports_goal": "journal-entry",
    "reports_comparisonagreement": "journal-entry",
    **dict.fromkeys(
        ("reports_comparedmonth", "reports_comparedgroup", "reports_comparedfigure", "reports_comparededition"),
        "what a month published of many municipalities, for the whole installation",
    ),
    "tracking_deadlineevent_bundles": "deadline-change",
    "tracking_deadlineevent_rows": "deadline-change",
    "tracking_scopeprofile": "how rows are proposed, for the whole installation",
    "tracking_scoperule": "how rows are proposed, for the whole installation",
}
FOLLOWED = {log.model._meta.db_table for log in LOGS.values()}


def tables_kept():
    """The tables that PostgreSQL refuses to empty: those are only ever added to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%_not_emptied'")
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_table_that_is_only_added_to_is_followed_or_named():
    assert sorted(tables_kept() - FOLLOWED - PARTS.keys()) == []
    assert sorted(PARTS.keys() & FOLLOWED) == []


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_log_has_the_trigger_that_puts_its_events_down():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'feed\\_%%' AND NOT tgisinternal"
        )
        found = dict(cursor.fetchall())
    found.pop("feed_closes")
    assert found == {f"feed_{kind.replace('-', '_')}": log.model._meta.db_table for kind, log in LOGS.items()}


@pytest.mark.django_db
def test_every_event_is_about_something_that_has_an_address():
    assert [reverse(f"{log.about[0]}-detail", args=[1]) for log in LOGS.values()] == [
        f"/api/v1/{log.about[0]}/1/" for log in LOGS.values()
    ]


def test_each_log_is_one_table_and_numbers_its_events():
    assert len(FOLLOWED) == len(LOGS)
    assert {model._meta.pk.name for model in apps.get_models() if model._meta.db_table in FOLLOWED} == {"id"}

"""Webhooks by the API: the deeds of the pages, with ETag and If-Match; what reveals a secret only for who signed in."""

import json

import pytest
from django.test import Client

from ozg_tracker.accounts.models import Scope
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.webhooks.delivering import send_due
from ozg_tracker.webhooks.models import Webhook
from tests import make
from tests.api.programs import Program
from tests.webhooks.happening import happens

pytestmark = pytest.mark.django_db
API = "/api/v1/webhooks/"


@pytest.fixture
def person(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


def post(client, address, body=None, **headers):
    return client.post(address, json.dumps(body or {}), content_type="application/json", headers=headers)


def facts(target, **more):
    said = {"municipality": make.municipality().pk, "name": "DMS", "url": target.url, "parts": ["people", "status"]}
    return said | more


def test_who_sets_one_up_gets_the_secret_once(person, target):
    answer = post(person, API, facts(target))
    made = answer.json()
    assert (answer.status_code, answer["ETag"], made["parts"]) == (201, '"1"', ["status", "people"])
    happens("eins")
    send_due()
    assert target.verified(made.pop("secret"))
    item = person.get(f"{API}{made['id']}/")
    assert (item["ETag"], item.json()) == ('"1"', made | {"cursor": item.json()["cursor"]})
    assert item.json()["cursor"] != made["cursor"]


def test_from_a_mark_of_the_feed_it_begins_there(person, target, program):
    mark = program.read("changes/", since="now").json()["next"]
    happens("eins")
    assert post(person, API, facts(target, since=mark)).json()["cursor"] == mark
    send_due()
    [message] = target.messages()
    assert message["since"] == mark


@pytest.mark.parametrize(
    ("facts_", "field", "code"),
    [
        ({"url": "https://10.0.0.1/"}, "url", "forbidden"),
        ({"url": "https://a:b@dms.example.de/"}, "url", "address"),
        ({"parts": ["alles"]}, "parts.0", "invalid_choice"),
        ({"parts": []}, "parts", "min_length"),
        ({"municipality": 0}, "municipality", "does_not_exist"),
        ({"name": ""}, "name", "blank"),
        ({"since": "x"}, "since", "mark"),
        ({"secret": "whsec_meins"}, "secret", "unknown_field"),
        ({"state": "active"}, "state", "unknown_field"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(person, target, facts_, field, code):
    answer = post(person, API, facts(target, **facts_))
    assert (answer.status_code, [(each["field"], each["code"]) for each in answer.json()["errors"]]) == (
        400,
        [(field, code)],
    )
    assert not Webhook.objects.exists()


def test_in_another_municipality_none_is_set_up(person, target):
    other = make.municipality("Nachbarstadt", "159990010020")
    assert post(person, API, facts(target, municipality=other.pk)).status_code == 400


def test_a_key_sets_none_up_and_gets_no_secret(webhook, target, coordinator):
    program = Program(coordinator)
    refused = [
        program.send("webhooks/", facts(target)),
        program.change(f"webhooks/{webhook.pk}/", {"name": "x"}, **{"If-Match": '"1"'}),
        program.send(f"webhooks/{webhook.pk}/renew/", {}),
    ]
    assert [each.status_code for each in refused] == [403] * 3
    assert refused[0].json()["detail"] == "Das geht nur angemeldet, nicht mit einem Zugangsschlüssel."
    assert [
        program.send(f"webhooks/{webhook.pk}/{deed}/", {}).status_code for deed in ("probe", "pause", "resume")
    ] == [200] * 3


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope != Scope.PEOPLE])
def test_a_key_that_may_nothing_about_people_does_not_even_see_them(webhook, coordinator, scope):
    key = create_token(coordinator, scopes=[scope])
    client = Client(headers={"Authorization": f"Bearer {key}"})
    assert [client.get(API).status_code, post(client, f"{API}{webhook.pk}/pause/").status_code] == [403, 403]


def test_a_change_needs_the_version_that_was_read(person, webhook):
    address = f"{API}{webhook.pk}/"

    def change(body, **headers):
        return person.patch(address, json.dumps(body), content_type="application/json", headers=headers)

    assert change({"name": "x"}).status_code == 428
    changed = change({"name": "Neu"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed["ETag"], changed.json()["name"]) == (200, '"2"', "Neu")
    stale = change({"name": "Alt"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale["ETag"], stale.json()["current"]["name"]) == (412, '"2"', "Neu")
    assert stale.json()["detail"].startswith("Dieser Webhook wurde inzwischen geändert.")


def test_each_deed_has_its_address(person, webhook, target):
    def do(deed):
        answer = post(person, f"{API}{webhook.pk}/{deed}/")
        return answer.status_code, answer.json().get("state")

    assert [do(each) for each in ("pause", "pause", "resume", "renew", "end", "resume")] == [
        (200, "paused"),
        (400, None),
        (200, "active"),
        (200, "active"),
        (200, "ended"),
        (400, None),
    ]


def test_a_renewed_secret_is_said_and_signs(person, webhook, target):
    secret = post(person, f"{API}{webhook.pk}/renew/").json()["secret"]
    probed = post(person, f"{API}{webhook.pk}/probe/").json()
    assert (probed["kind"], probed["state"], probed["status"]) == ("probe", "delivered", 204)
    assert target.verified(secret)


def test_what_was_sent_is_listed_and_sent_again(person, webhook, target):
    happens("eins")
    send_due()
    [row] = person.get("/api/v1/webhook-deliveries/", {"webhook": webhook.pk, "state": "delivered"}).json()["results"]
    assert (row["message"], row["events"], row["attempts"], row["status"]) == (target.ids()[0], 2, 1, 204)
    assert row["cursor"] == target.messages()[0]["next"]
    assert "body" not in row
    again = post(person, f"/api/v1/webhook-deliveries/{row['id']}/resend/")
    assert again.json()["errors"][0]["code"] == "too_soon"
    webhook.deliveries.update(tried_at=None)
    again = post(person, f"/api/v1/webhook-deliveries/{row['id']}/resend/")
    assert (again.status_code, again.json() | {"tried_at": 0, "created_at": 0, "delivered_at": 0}) == (
        200,
        row | {"attempts": 2, "tried_at": 0, "created_at": 0, "delivered_at": 0},
    )

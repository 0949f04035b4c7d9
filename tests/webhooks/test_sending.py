"""One attempt at a real server: what it says counts, how it says it does not hold anybody."""

import socket
import time

import pytest

from ozg_tracker.webhooks import reaching, sending
from ozg_tracker.webhooks.sending import PROBLEMS, Answer, post
from tests.webhooks.receiver import drips, hangs_up, later, leads_to, pours, receiver, says_nothing

HEADERS = {"Content-Type": "application/json", "webhook-id": "msg_1"}


def send(target):
    return post(target.url, HEADERS, b"{}")


def test_what_is_sent_arrives_as_it_is(target):
    assert send(target) == Answer(204, "")
    [(headers, body)] = target.got
    assert (headers["host"], headers["webhook-id"], headers["content-length"]) == (target.url[7:22], "msg_1", "2")
    assert body == "{}"


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, ""),
        (202, ""),
        (299, ""),
        (301, "redirect"),
        (307, "redirect"),
        (400, "refused"),
        (410, "refused"),
        (500, "refused"),
    ],
)
def test_only_a_status_of_two_hundred_is_accepted(target, status, problem):
    target.answers = [status]
    assert send(target) == Answer(status, problem)


def test_a_redirect_is_not_followed(target):
    with receiver() as inner:
        target.answers = [leads_to(inner.url, 302), leads_to(inner.url, 307), leads_to(inner.url, 308)]
        assert [send(target).problem for _ in range(3)] == ["redirect"] * 3
        assert inner.got == []


@pytest.mark.parametrize("slow", [says_nothing, drips])
def test_who_is_silent_or_drips_is_left_in_time(target, monkeypatch, slow):
    monkeypatch.setattr(sending, "ANSWERS_WITHIN", 0.4)
    target.answers = [slow]
    begun = time.monotonic()
    assert send(target) == Answer(None, "silent")
    assert time.monotonic() - begun < 2


def test_an_answer_without_end_is_not_read(target):
    target.answers = [pours]
    begun = time.monotonic()
    assert send(target) == Answer(200, "")
    assert time.monotonic() - begun < 2


def test_who_hangs_up_or_is_not_there_is_unreachable(target):
    target.answers = [hangs_up]
    assert send(target) == Answer(None, "unreachable")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert post(f"http://127.0.0.1:{taken.getsockname()[1]}/", HEADERS, b"{}") == Answer(None, "unreachable")


def test_who_wants_to_be_asked_later_says_when(target):
    target.answers = [later(120), later("bald"), later("9" * 30)]
    assert [send(target).wait for _ in range(3)] == [120, 0, 0]


def test_what_speaks_no_tls_has_no_certificate_and_is_not_reached(target):
    assert post(target.url.replace("http:", "https:"), HEADERS, b"{}") == Answer(None, "unreachable")


def test_where_it_may_not_lead_nothing_is_connected(target, settings):
    settings.WEBHOOK_NETWORKS = ()
    assert post(target.url, HEADERS, b"{}") == Answer(None, "forbidden")
    assert target.got == []


def test_what_was_checked_is_what_is_connected_to_whatever_the_name_says_next(target, monkeypatch):
    """A name that is public when it is looked at, and this machine a moment later: asked once, it stays what it was."""
    asked = []

    def rebound(host, port, **how):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(reaching, "getaddrinfo", rebound)
    assert send(target) == Answer(204, "")
    assert len(asked) == 1


def test_every_problem_has_its_sentence():
    assert set(PROBLEMS) == {
        "address",
        "name",
        "forbidden",
        "unreachable",
        "certificate",
        "silent",
        "redirect",
        "refused",
    }

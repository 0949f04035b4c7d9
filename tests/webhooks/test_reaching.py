"""Where a webhook may lead: into the public net by TLS, or into a network that the operator has opened."""

import socket
import time
from ipaddress import ip_network

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.webhooks import reaching
from ozg_tracker.webhooks.reaching import Target, Unreachable, check, target_of
from tests.webhooks.forbidden import FORBIDDEN


@pytest.fixture
def names(monkeypatch):
    """What the resolver says: the addresses of each name, asked of nobody."""
    known = {}

    def asked(host, port, **kwargs):
        if host not in known:
            raise socket.gaierror(f"{host} is not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in known[host]]

    monkeypatch.setattr(reaching, "getaddrinfo", asked)
    return known


def problem(url):
    with pytest.raises(Unreachable) as refused:
        target_of(url)
    return refused.value.problem


def test_a_name_in_the_public_net_leads_to_what_it_is_there(names):
    names["dms.example.de"] = ["193.175.0.1", "2a00:1450:4001::1"]
    found = target_of("https://dms.example.de/hook?a=ä")
    assert found == Target(True, "dms.example.de", 443, "/hook?a=%C3%A4", ("193.175.0.1", "2a00:1450:4001::1"))
    assert found.netloc == "dms.example.de"


def test_a_name_with_umlauts_goes_over_the_net_as_the_net_writes_it(names):
    names["xn--mnchen-3ya.example"] = ["193.175.0.1"]
    found = target_of("https://münchen.example:8443")
    assert (found.host, found.path, found.netloc) == ("xn--mnchen-3ya.example", "/", "xn--mnchen-3ya.example:8443")


@pytest.mark.parametrize("address", [each for group in FORBIDDEN.values() for each in group])
def test_a_name_that_leads_anywhere_else_is_refused(names, address):
    names["innen.example.de"] = [address]
    assert problem("https://innen.example.de/") == "forbidden"


def test_one_forbidden_address_among_good_ones_is_enough(names):
    names["beides.example.de"] = ["193.175.0.1", "127.0.0.1"]
    assert problem("https://beides.example.de/") == "forbidden"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://dms.example.de/", "forbidden"),
        ("https://dms.example.de:22/", "forbidden"),
        ("https://dms.example.de:80/", "forbidden"),
        ("https://unbekannt.example.de/", "name"),
        ("ftp://dms.example.de/", "address"),
        ("file:///etc/passwd", "address"),
        ("https://name:wort@dms.example.de/", "address"),
        ("https://193.175.0.1@dms.example.de/", "address"),
        ("https://dms.example.de/#teil", "address"),
        ("https://dms.example.de/\r\nHost: other", "address"),
        ("https://dms.example.de\\@127.0.0.1/", "address"),
        ("https://2130706433/", "address"),
        ("https://0x7f.0.0.1/", "address"),
        ("https://0177.0.0.1/", "address"),
        ("https://127.1/", "address"),
        ("https://dms.example.de:0/", "forbidden"),
        ("https://dms.example.de:99999/", "address"),
        ("https://" + "a" * 500 + ".example.de/", "address"),
        ("gestern", "address"),
        ("", "address"),
    ],
)
def test_what_is_no_address_for_it_is_refused(names, url, expected):
    names["dms.example.de"] = ["193.175.0.1"]
    assert problem(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/",
        "https://localhost/",
    ],
)
def test_what_a_real_resolver_says_of_this_machine_is_refused(url):
    assert problem(url) == "forbidden"


def test_a_network_that_the_operator_opens_is_reached_by_http_and_any_port_too(names, settings):
    settings.WEBHOOK_NETWORKS = (ip_network("10.20.0.0/16"),)
    names["dms.haus.example"] = ["10.20.1.2"]
    names["anders.haus.example"] = ["10.21.1.2"]
    names["halb.haus.example"] = ["10.20.1.2", "193.175.0.1"]
    assert target_of("http://dms.haus.example:8080/").port == 8080
    assert problem("https://anders.haus.example/") == "forbidden"
    assert problem("http://halb.haus.example/") == "forbidden"


def test_a_resolver_that_does_not_answer_holds_nobody(monkeypatch):
    monkeypatch.setattr(reaching, "NAME_WITHIN", 0.05)
    monkeypatch.setattr(reaching, "getaddrinfo", lambda *asked, **how: time.sleep(1) or [])
    assert problem("https://langsam.example.de/") == "name"


def test_who_sets_one_up_is_told_at_the_field():
    with pytest.raises(ValidationError) as refused:
        check("https://127.0.0.1/")
    assert refused.value.message_dict == {
        "url": [
            "Dorthin sendet der Tracker nicht. Es geht nur https mit Port 443 oder 8443 zu Rechnern im öffentlichen "
            "Netz. Netze im Haus gibt der Betrieb frei (WEBHOOK_NETWORKS)."
        ]
    }

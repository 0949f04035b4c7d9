"""What is public, by a table: whatever is not one machine of the public net is refused, in every writing."""

from ipaddress import ip_address

import pytest

from ozg_tracker.public_addresses import is_odd_number, is_public_address, is_public_ip
from tests.webhooks.forbidden import FORBIDDEN

PUBLIC = ["8.8.8.8", "193.175.0.1", "172.32.0.1", "100.128.0.1", "2001:4860:4860::8888", "2a00:1450:4001::1"]


@pytest.mark.parametrize("text", [each for group in FORBIDDEN.values() for each in group])
def test_what_is_no_machine_of_the_public_net_is_refused(text):
    assert is_public_ip(ip_address(text)) is False


@pytest.mark.parametrize("text", PUBLIC)
def test_a_machine_of_the_public_net_is_public(text):
    assert is_public_ip(ip_address(text)) is True


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.01", "1.2.3.4.5", "0X7F"]
)
def test_an_address_in_another_writing_is_told_from_a_name(host):
    assert (is_odd_number(host), is_public_address(f"https://{host}/")) == (True, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "example.org", "0x7f.example.org", "4you.example", "[::1]"])
def test_a_name_and_the_usual_writing_are_no_odd_numbers(host):
    assert is_odd_number(host) is False


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://service.example.de/antrag", True),
        ("https://193.175.0.1/", True),
        ("https://name:wort@service.example.de/", False),
        ("https://amt.intranet/", False),
        ("https://localhost/", False),
        ("https://[::ffff:127.0.0.1]/", False),
        ("https://224.0.0.1/", False),
    ],
)
def test_what_people_enter_is_looked_at_by_the_same_rule(url, public):
    assert is_public_address(url) is public

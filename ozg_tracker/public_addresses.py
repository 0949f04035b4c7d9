"""Which addresses are those of the public net: the one rule for what people enter and for where this program connects.

Networks by the registries of IANA (iana-ipv4-special-registry, iana-ipv6-special-registry, as of 2026); Python's own
`is_global` depends on its version, and up to 3.11 takes multicast, 64:ff9b::/96 and ::127.0.0.1 for public.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Ip = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network

_WITHIN = (".local", ".internal", ".localhost", ".intranet", ".lan", ".home.arpa")  # names that no one outside resolves
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)  # as the last part of a name: an address in other writing
_NOT_PUBLIC = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            "168.63.129.16/32",  # public by number; in Azure the machine's own platform answers there
        ),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")  # all that is given out; what carries an IPv4 address in it lies outside, or below
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public_ip(ip: Ip) -> bool:
    """Whether it is one machine of the public net; never for one that stands for an IPv4 address (mapped, 6to4, …)."""
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in _NOT_PUBLIC)
    return ip in _PUBLIC_6 and not any(ip in net for net in _NOT_PUBLIC_6)


def ip_of(host: str) -> Ip | None:
    """The address that `host` is in its usual writing; None for a name, and for decimal, octal and short writing."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_odd_number(host: str) -> bool:
    """Whether it is an address in a writing that only some read: 2130706433, 0x7f.1, 0177.0.0.1, 127.1."""
    return ip_of(host) is None and _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def is_public_address(text: str) -> bool:
    """Of a site that anybody reaches, as far as its text says: no name or password in it, nothing within a network."""
    address = urlsplit(text)
    host = (address.hostname or "").rstrip(".")
    ip = ip_of(host)
    named = "." in host and not host.endswith(_WITHIN) and not is_odd_number(host)
    return (named if ip is None else is_public_ip(ip)) and "@" not in address.netloc

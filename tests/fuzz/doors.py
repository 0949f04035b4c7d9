"""Every door of the pages as a browser finds it: the forms and links with a query that each address shows a person."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import reverse
from lxml import html

from tests.doors.addresses import LINES, QUERIES, keys


@dataclass(frozen=True)
class Door:
    method: str
    address: str
    fields: tuple[tuple[str, str], ...]


def addresses(pieces):
    """Every address that is read, with the keys of things there are; the API's own have tests of their own."""
    found = [
        reverse(name, kwargs=keys(name, pieces)) + QUERIES.get(name, "")
        for method, name, *_ in LINES
        if method == "GET"
    ]
    return [address for address in found if not address.startswith("/api/")]


def doors(client, pieces):
    """The forms and links that `client` is shown, each once, in the order found; sign-out and the like too."""
    found = {}
    for address in addresses(pieces):
        answer = client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for door in _shown(address, html.fromstring(answer.content)):
                found.setdefault((door.method, door.address, tuple(name for name, _ in door.fields)), door)
    return list(found.values())


def _shown(address, page):
    for form in page.forms:
        target = urljoin(address, form.get("action") or address)
        fields = [(name, value) for name, value in form.form_values() if name != "csrfmiddlewaretoken"]
        named = {name for name, _ in fields}
        unset = [(each.get("name"), "") for each in form.inputs if each.get("name") and each.get("name") not in named]
        plain = [each for each in dict([*unset, *fields]).items() if each[0] != "csrfmiddlewaretoken"]
        yield Door((form.get("method") or "get").upper(), target, tuple(plain))
    for link in page.xpath("//a/@href"):
        parts = urlsplit(urljoin(address, link))
        if parts.query and not parts.netloc:
            yield Door("GET", parts.path, tuple(dict(parse_qsl(parts.query, keep_blank_values=True)).items()))

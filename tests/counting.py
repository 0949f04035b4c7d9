"""How often a page asks the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries(client, address):
    """The number of queries of a page that answers with 200; asked once before, so that nothing is warmed up in it."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)

"""A database that was restarted costs nobody an error."""

from contextlib import closing

import pytest
from django.conf import settings
from django.db import close_old_connections, connection

from ozg_tracker.accounts.models import Municipality


def test_connections_are_looked_at_before_they_are_used():
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_database_dropped_is_made_anew_before_a_request_meets_it():
    assert Municipality.objects.count() == 0
    with closing(connection.copy("other")) as another, another.cursor() as other, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
    close_old_connections()  # what each request begins with
    assert Municipality.objects.count() == 0

"""What every test shares: fast passwords, own files, and words for what cannot run here."""

import os

import pytest
from django.db import connection

ONLY_POSTGRES = "läuft nur mit PostgreSQL in DATABASE_URL"


@pytest.fixture(autouse=True)
def _fast_and_local(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason=ONLY_POSTGRES))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_ALL set, as in CI, a test that would skip for a missing browser, server or broker fails."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("REQUIRE_ALL") and ONLY_POSTGRES not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"übersprungen, obwohl REQUIRE_ALL gesetzt ist: {report.longrepr}"


@pytest.fixture(autouse=True, scope="session")
def _sqlite_can_be_emptied():
    """Tests that really commit empty the tables after them. On SQLite that is a DELETE, which the triggers that keep
    events and editions would refuse; they are taken off for it. PostgreSQL truncates, which asks no row's trigger.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        # of the class: under Playwright's event loop the same thread has another connection, with operations of its own
        operations = type(connection.ops)
        flush = operations.sql_flush

        def without_triggers(*args, **options):
            with connection.cursor() as cursor:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                triggers = cursor.fetchall()
            statements = flush(*args, **options)
            drops, makes = [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
            return [*drops, *statements, *makes] if statements else []

        patch.setattr(operations, "sql_flush", without_triggers)
        yield

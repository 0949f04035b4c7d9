"""A live server and Chromium. Tests carry the mark `browser` and skip with a word where Chromium is missing."""

import os
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason="braucht Chromium unter /usr/bin/chromium"))


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="braucht Playwright")
    # Playwright runs an event loop in this thread, where Django refuses the database unless told that this is meant
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server, settings):
    """open_page(user, width=1280, scripts=True, touch=False): a new browser, its errors in `page.complaints`."""
    opened = []

    def open_(user=None, *, width=1280, height=900, scripts=True, touch=False):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            has_touch=touch,
            locale="de-DE",
            timezone_id="Europe/Berlin",
        )
        if user is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": _session(user), "url": live_server.url}]
            )
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda message: message.type in ("error", "warning") and page.complaints.append(message.text)
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: _given_up(request) or page.complaints.append(_not_loaded(request)))
        opened.append(context)
        return page

    yield open_
    for context in opened:
        context.close()


def _session(user):
    """The key of a session of `user`, as signing in would make it."""
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def _given_up(request):
    """Whoever leaves a page gives up what it was still loading: nothing is wrong with that."""
    return request.method == "GET" and request.failure == "net::ERR_ABORTED"


def _not_loaded(request):
    return f"nicht geladen: {request.url} ({request.failure})"

"""What a browser may do with our pages, and keep of them."""

import pytest
from django.test import Client

from ozg_tracker.headers import PERMISSIONS


def test_no_page_may_use_camera_place_or_microphone(db):
    answer = Client().get("/hilfe/")
    assert answer.headers["Permissions-Policy"] == PERMISSIONS
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(PERMISSIONS.split(", "))


@pytest.mark.parametrize("address", ["/", "/leistungen/", "/schulungen/", "/hilfe/", "/api/v1/me/"])
def test_what_a_signed_in_person_saw_is_not_stored(sign_in, coordinator, address):
    assert "no-store" in sign_in(coordinator).get(address).headers["Cache-Control"]


def test_what_anybody_may_read_may_be_stored(db):
    assert "no-store" not in Client().get("/hilfe/").headers.get("Cache-Control", "")

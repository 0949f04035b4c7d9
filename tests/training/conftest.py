"""What the tests of this room share: the second of March 2026, and who keeps courses."""

import pytest
import time_machine

from tests import make


@pytest.fixture
def _now():
    with time_machine.travel("2026-03-02T11:00:00+00:00", tick=False):
        yield


@pytest.fixture
def coordinator(municipality):
    return make.user("koordination")

import pytest
import time_machine

from tests.tracking.exchange.status_files import NOW


@pytest.fixture
def in_november():
    """A day on which status files are read: the morning of 24 November 2022."""
    with time_machine.travel(NOW, tick=False):
        yield

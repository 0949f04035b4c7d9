import pytest

from ozg_tracker.webhooks import keeping
from tests import make
from tests.webhooks.receiver import LOOPBACK, receiver


@pytest.fixture
def target(settings):
    settings.WEBHOOK_NETWORKS = LOOPBACK
    with receiver() as found:
        yield found


@pytest.fixture
def made(target, coordinator):
    """A webhook for everything, and its secret; nothing has happened since it was set up."""
    parts = ("status", "reports", "catalogue", "people")
    return keeping.set_up(make.municipality(), "DMS", target.url, parts, coordinator)


@pytest.fixture
def webhook(made):
    return made[0]

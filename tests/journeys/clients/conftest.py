"""A running server with a municipality to work on, and what a stranger has: the description and a key."""

import pytest

from ozg_tracker.accounts.signing_in.tokens import create_token
from tests import make


@pytest.fixture
def rows(transactional_db):
    """Three services of a municipality; the second is ready."""
    levels = {"99107000000001": 1, "99107000000002": 3, "99107000000003": 2}
    return [make.row(make.service(key, f"Leistung {key[-1]}"), level=level) for key, level in levels.items()]


@pytest.fixture
def key(rows):
    return create_token(make.user())

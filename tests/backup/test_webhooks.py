"""What is put in from a backup may be a copy beside the installation itself: it sends nothing of its own accord."""

import sqlite3
from contextlib import closing

import pytest

from ozg_tracker.backup.saving import back_up
from tests import make
from tests.backup.installation import Installation


@pytest.mark.django_db(transaction=True)
def test_webhooks_of_a_copy_stand_still_until_somebody_resumes_them(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    make.webhook("Läuft")
    make.webhook("Von Hand", state="paused", why="person")
    back_up(tmp_path / "ozg.sicherung")
    copy = Installation(tmp_path / "copy")
    status, _there, said = copy.manage("restore", tmp_path / "ozg.sicherung")
    assert status == 0, said
    with closing(sqlite3.connect(tmp_path / "copy" / "db.sqlite3")) as opened:
        found = opened.execute("SELECT name, state, why FROM webhooks_webhook ORDER BY id").fetchall()
    assert found == [("Läuft", "paused", "restored"), ("Von Hand", "paused", "person")]

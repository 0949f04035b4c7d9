"""The house stands as drawn."""

import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent


@pytest.mark.django_db
def test_migrations_match_the_models():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_there_is_no_other_top_level_folder():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert {name for name in folders if not name.startswith(".")} == {
        "catalog",
        "fixtures",
        "ozg_tracker",
        "reports",
        "tests",
    }

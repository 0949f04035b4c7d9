"""The TypeScript client that a stranger's generator makes of the description does the main jobs on a running server."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import make
from tests.api.schema import COMMITTED

HERE = Path(__file__).parent
GENERATOR = "npm:openapi-typescript@7.13.0"


@pytest.fixture
def jobs(tmp_path):
    """The folder with the program, the types made of the description beside it, and the command that runs it."""
    for name in ("jobs.ts", "deno.json"):
        shutil.copy(HERE / name, tmp_path)
    made = _deno(tmp_path, "run", "--allow-all", GENERATOR, COMMITTED, "--output", "api.d.ts")
    if made.returncode:
        pytest.skip(f"braucht die Pakete von npm: {made.stderr[-300:]}")
    return tmp_path


def _deno(folder, *words):
    return subprocess.run(["deno", *words], cwd=folder, capture_output=True, text=True, check=False)


def test_it_reads_changes_freezes_and_takes_a_file_by_types_alone(jobs, live_server, key, rows):
    checked = _deno(jobs, "check", "jobs.ts")
    assert checked.returncode == 0, checked.stderr
    done = _deno(jobs, "run", "--allow-net", "jobs.ts", live_server.url, key, str(make.municipality().pk))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "level": 1,
        "changed": ["planned", "2027-06-30"],
        "late": [412, "Inzwischen geändert"],
        "many": ["Geprüft"],
        "figures": [3, 1, 1],
        "file": "%PDF",
    }


def test_a_program_that_reads_what_is_not_described_does_not_pass(jobs):
    program = jobs / "jobs.ts"
    program.write_text(program.read_text().replace("first.level;", "first.reifegrad;"))
    checked = _deno(jobs, "check", "jobs.ts")
    assert "Property 'reifegrad' does not exist" in checked.stderr

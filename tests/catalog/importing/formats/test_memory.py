"""Whatever the file, reading it takes less than 300 MB, all of Python and Django with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalog.importing.formats.hostile import FILES

MOST = 300


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="der Speicher eines Prozesses steht nur unter Linux in /proc"
)
def test_no_file_takes_more_memory_than_we_allow(tmp_path):
    paths = []
    for name, make in FILES.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-m", "tests.catalog.importing.formats.hostile", *map(str, paths)],
        cwd=Path(__file__).parents[4],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "ozg_tracker.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    peaks = [line.rsplit(" ", 1) for line in run.stdout.splitlines()]
    assert [name for name, _peak in peaks] == [*FILES], run.stderr
    assert [(name, peak) for name, peak in peaks if int(peak) >= MOST] == []

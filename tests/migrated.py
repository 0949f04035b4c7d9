"""A SQLite database as the migrations leave it: made once for a state of the code, then copied.

Migrating takes 10 s of a processor, copying milliseconds; each worker of the tests and each installation of its own
wants one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".pytest_cache" / "migrated"


def copy_to(path):
    """Put a migrated database there."""
    shutil.copyfile(migrated(), path)


@cache
def migrated():
    """The file of the migrated database; the first who asks makes it, the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{_state_of_the_code()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for older in KEPT.glob("*.sqlite3"):
                if older.stat().st_mtime < time.time() - 24 * 3600:  # nobody runs tests on it any more
                    older.unlink()
            _make(file)
    return file


def _make(file):
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{new}", "DJANGO_SETTINGS_MODULE": "ozg_tracker.settings"}
    command = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=280)
    new.rename(file)


def _state_of_the_code():
    """Of all that a migration may read: itself, the models, and what it imports."""
    files = [ROOT / "uv.lock", ROOT / "ozg_tracker/settings/__init__.py", ROOT / "catalog/append_only.py"]
    files += (ROOT / "catalog/importing").rglob("*.py")
    for part in ("ozg_tracker", "catalog", "reports"):
        files += [each for name in ("migrations", "models") for each in (ROOT / part).glob(f"**/{name}/*.py")]
    return hashlib.sha256(b"".join(each.read_bytes() for each in sorted(files))).hexdigest()[:16]

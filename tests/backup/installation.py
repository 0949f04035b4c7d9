"""An installation of its own in a folder, used by processes of their own."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from django.db import connection

ROOT = Path(__file__).parents[2]
FIRST_KEY, OTHER_KEY = "k" * 60, "o" * 60


@dataclass
class Installation:
    folder: Path
    key: str = FIRST_KEY
    database: str = ""
    env: dict[str, str] = field(init=False)

    def __post_init__(self):
        self.folder.mkdir(exist_ok=True)
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.backup.settings",
            "INSTALLATION": str(self.folder),
            "DATABASE_URL": self.database or f"sqlite:///{self.folder / 'db.sqlite3'}",
            "SECRET_KEY": self.key,
            "LANGUAGE": "de",
        }

    def manage(self, *words):
        """Exit status, the object on standard output (None where there is none), and standard error."""
        command = [sys.executable, "manage.py", *map(str, words), "--json"]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False, timeout=200)
        return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr

    def begin(self, what):
        """A process that does `what`, a function of the module `inside`."""
        code = f"import django; django.setup(); from tests.backup import inside; inside.{what}()"
        command = [sys.executable, "-c", code]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True)

    def ask(self, what):
        """What a function of the module `inside` answers."""
        code = (
            f"import django, json; django.setup(); from tests.backup import inside; print(json.dumps(inside.{what}()))"
        )
        return json.loads(
            subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=self.env, text=True, timeout=200)
        )


@contextmanager
def empty_database():
    """The address of a database without tables on the server that the tests use; "" for SQLite's file in the folder."""
    if connection.vendor != "postgresql":
        yield ""
        return
    asked = connection.settings_dict
    name = f"ozg_{uuid4().hex[:12]}"
    server = f"{asked['HOST'] or '127.0.0.1'}:{asked['PORT'] or 5432}"
    address = f"postgres://{asked['USER']}{':' + asked['PASSWORD'] if asked['PASSWORD'] else ''}@{server}"
    with connection.Database.connect(f"{address}/postgres", autocommit=True) as opened:
        opened.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{address}/{name}"
        finally:
            opened.execute(f"DROP DATABASE {name} WITH (FORCE)")

"""The settings of an installation beside this one: its files and its key lie in INSTALLATION."""

import os
from pathlib import Path

from ozg_tracker.settings import *  # noqa: F403

DATA_DIR = Path(os.environ["INSTALLATION"])
MEDIA_ROOT = DATA_DIR / "files"

"""import_catalogue: read → check → plan → apply. The dry run is the same code without the last step."""

from pathlib import Path
from typing import TYPE_CHECKING

from catalog.importing.outcome import Counts, ImportOutcome
from catalog.importing.problems import Problem

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

__all__ = ["Counts", "ImportOutcome", "Problem", "import_catalogue"]


def import_catalogue(
    path: str | Path,
    *,
    release: str | None = None,
    dry_run: bool = False,
    partial: bool = False,
    skip_errors: bool = False,
    allow_shrink: bool = False,
    by: "AbstractBaseUser | None" = None,
) -> ImportOutcome:
    """Load the catalogue file `path`. What is wrong with it stands in the outcome's `problems`."""
    raise NotImplementedError

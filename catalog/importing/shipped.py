"""The catalogue we ship, in a form of our own."""

from pathlib import Path

from django.conf import settings

CATALOGUE: Path = settings.BASE_DIR / "fixtures" / "catalogue.txt"

"""Where what is open is found from outside: addresses below BASE_URL, whatever host a request names."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from reports.models import Edition


def absolute(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path


@dataclass(frozen=True)
class Addresses:
    """Of the municipality with this Regionalschlüssel."""

    ars: str

    @property
    def home(self) -> str:
        return absolute(reverse("public_municipality", args=[self.ars]))

    @property
    def oparl(self) -> str:
        return absolute(reverse("oparl_system", args=[self.ars]))

    @property
    def schema(self) -> str:
        return absolute(reverse("figures_schema"))

    def of(self, month: date, number: int) -> str:
        return absolute(reverse("public_edition", args=[self.ars, month.year, month.month, number]))

    def edition(self, edition: Edition) -> str:
        return self.of(edition.month, edition.number)

    def file(self, edition: Edition, format: str) -> str:
        at = edition.month
        return absolute(reverse("public_file", args=[self.ars, at.year, at.month, edition.number, format]))

    def view(self, edition: Edition, format: str) -> str:
        """The same file, for looking at instead of saving."""
        at = edition.month
        return absolute(reverse("public_view", args=[self.ars, at.year, at.month, edition.number, format]))

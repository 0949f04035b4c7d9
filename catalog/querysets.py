"""Which imports the catalogue stands on."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from catalog.models import CatalogueImport  # noqa: F401 (types)


class CatalogueImportQuerySet(models.QuerySet["CatalogueImport"]):
    def in_force(self) -> Self:
        """Those of a file that have not been taken back; the last of them says what the catalogue is now."""
        return self.filter(undoes=None, undone_by=None)

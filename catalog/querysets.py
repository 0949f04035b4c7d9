"""Which imports the catalogue stands on."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from catalog.import_models import CatalogueImport  # noqa: F401 (types)
    from catalog.models import Succession  # noqa: F401 (types)


class CatalogueImportQuerySet(models.QuerySet["CatalogueImport"]):
    def in_force(self) -> Self:
        """Those of a file that have not been taken back; the last of them says what the catalogue is now."""
        return self.filter(undoes=None, undone_by=None)


class SuccessionQuerySet(models.QuerySet["Succession"]):
    def in_force(self) -> Self:
        """Those that hold: confirmed, or said by the source or a person and not refused, of an import in force."""
        holds = Q(accepted=True) | Q(accepted=None, origin__in=("source", "person"))
        return self.filter(holds, catalogue_import__undone_by=None)

"""The official catalogue: Themenfeld → Lage → OZG-Leistungsbündel → LeiKa-Leistung, and what each import made of it.

The current facts stand in `Bundle`, `Service` and the open links of `ServiceBundle`; `since` names the import that
brought them. What an import replaces moves to `BundleVersion` and `ServiceVersion`, so that the catalogue as it stood
after any import can be told (`catalog.reading.as_known`).
"""

from catalog.models.maturity import MaturityLevel, MaturityModel
from catalog.models.releases import CatalogueImport, CatalogueImportQuerySet, CatalogueRelease, ImportProblem
from catalog.models.services import (
    LONGEST_TEXT,
    OWN_IDENTITY,
    Bundle,
    BundleFacts,
    BundleVersion,
    Service,
    ServiceBundle,
    ServiceFacts,
    ServiceType,
    ServiceVersion,
    Situation,
    Topic,
)
from catalog.models.successions import Succession, SuccessionQuerySet

__all__ = [
    "LONGEST_TEXT",
    "OWN_IDENTITY",
    "Bundle",
    "BundleFacts",
    "BundleVersion",
    "CatalogueImport",
    "CatalogueImportQuerySet",
    "CatalogueRelease",
    "ImportProblem",
    "MaturityLevel",
    "MaturityModel",
    "Service",
    "ServiceBundle",
    "ServiceFacts",
    "ServiceType",
    "ServiceVersion",
    "Situation",
    "Succession",
    "SuccessionQuerySet",
    "Topic",
]

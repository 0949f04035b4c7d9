"""The council's month: frozen editions of the Sachstandsbericht."""

from reports.models.editions import LONGEST_CORRECTION, Edition, EditionQuerySet
from reports.models.reviews import LONGEST_COMMENT, EditionStep, EditionText, ReportRules
from reports.models.seals import EditionSignature, Seal

__all__ = [
    "LONGEST_COMMENT",
    "LONGEST_CORRECTION",
    "Edition",
    "EditionQuerySet",
    "EditionSignature",
    "EditionStep",
    "EditionText",
    "ReportRules",
    "Seal",
]

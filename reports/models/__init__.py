"""The council's month: frozen editions of the Sachstandsbericht."""

from reports.models.editions import LONGEST_CORRECTION, Edition, EditionQuerySet
from reports.models.reviews import LONGEST_COMMENT, EditionStep, EditionText, ReportRules
from reports.models.seals import Seal

__all__ = [
    "LONGEST_COMMENT",
    "LONGEST_CORRECTION",
    "Edition",
    "EditionQuerySet",
    "EditionStep",
    "EditionText",
    "ReportRules",
    "Seal",
]

"""The council's month: frozen editions of the Sachstandsbericht."""

from reports.models.editions import LONGEST_CORRECTION, Edition, EditionQuerySet
from reports.models.seals import Seal

__all__ = ["LONGEST_CORRECTION", "Edition", "EditionQuerySet", "Seal"]

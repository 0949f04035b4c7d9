"""The council's month: frozen editions of the Sachstandsbericht."""

from reports.models.editions import LONGEST_CORRECTION, Edition, EditionQuerySet
from reports.models.letters import ReportLetter
from reports.models.meetings import LONGEST_LEAD, Committee, Meeting, MeetingEvent, MeetingQuerySet
from reports.models.publishing import LONGEST_PUBLISHER, Licence, Publication, PublicFile
from reports.models.questions import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    CouncilQuestion,
    CouncilQuestionQuerySet,
    CouncilQuestionStep,
)
from reports.models.reviews import LONGEST_COMMENT, EditionStep, EditionText, ReportRules
from reports.models.seals import EditionSignature, Seal

__all__ = [
    "LONGEST_ANSWER",
    "LONGEST_COMMENT",
    "LONGEST_CORRECTION",
    "LONGEST_LEAD",
    "LONGEST_PUBLISHER",
    "LONGEST_QUESTION",
    "Committee",
    "CouncilQuestion",
    "CouncilQuestionQuerySet",
    "CouncilQuestionStep",
    "Edition",
    "EditionQuerySet",
    "EditionSignature",
    "EditionStep",
    "EditionText",
    "Licence",
    "Meeting",
    "MeetingEvent",
    "MeetingQuerySet",
    "PublicFile",
    "Publication",
    "ReportLetter",
    "ReportRules",
    "Seal",
]

"""The council's month: frozen editions of the Sachstandsbericht."""

from reports.models.comparing import (
    ComparedEdition,
    ComparedFigure,
    ComparedGroup,
    ComparedMonth,
    ComparisonAgreement,
)
from reports.models.editions import LONGEST_CORRECTION, Edition, EditionQuerySet
from reports.models.goals import FIRST_GOAL_YEAR, LAST_GOAL_YEAR, LONGEST_DECIDED, MOST_TARGET, Goal, GoalQuerySet
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
    "FIRST_GOAL_YEAR",
    "LAST_GOAL_YEAR",
    "LONGEST_ANSWER",
    "LONGEST_COMMENT",
    "LONGEST_CORRECTION",
    "LONGEST_DECIDED",
    "LONGEST_LEAD",
    "LONGEST_PUBLISHER",
    "LONGEST_QUESTION",
    "MOST_TARGET",
    "Committee",
    "ComparedEdition",
    "ComparedFigure",
    "ComparedGroup",
    "ComparedMonth",
    "ComparisonAgreement",
    "CouncilQuestion",
    "CouncilQuestionQuerySet",
    "CouncilQuestionStep",
    "Edition",
    "EditionQuerySet",
    "EditionSignature",
    "EditionStep",
    "EditionText",
    "Goal",
    "GoalQuerySet",
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

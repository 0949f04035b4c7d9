"""How far: the row that is tracked (municipality × service), its events, evidence, deadlines and scope profiles."""

from ozg_tracker.tracking.models.cases import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_CASE_REASON,
    MOST_CASES,
    CaseCount,
    Channel,
)
from ozg_tracker.tracking.models.catalogue_jobs import MOST_ATTEMPTS, SILENT, CatalogueJob, free
from ozg_tracker.tracking.models.counting_weeks import CountedRow, CountingPress, CountingStep, CountingWeek
from ozg_tracker.tracking.models.deadlines import Deadline, DeadlineEvent, DeadlineQuerySet
from ozg_tracker.tracking.models.evidence import Evidence, EvidenceQuerySet
from ozg_tracker.tracking.models.findings import LONGEST_SNOOZE_REASON, Confirmation, Snooze
from ozg_tracker.tracking.models.following import LONGEST_REMARK, Comment, Mention, MentionDone, Watch
from ozg_tracker.tracking.models.merges import Merge, OfAPerson
from ozg_tracker.tracking.models.own_lists import ListMapping, OwnList, OwnListRow
from ozg_tracker.tracking.models.own_services import OwnBundle, OwnService, OwnServiceChange, OwnServiceQuerySet
from ozg_tracker.tracking.models.profiles import ScopeProfile, ScopeProfileQuerySet, ScopeRule
from ozg_tracker.tracking.models.reminders import WorkReminder
from ozg_tracker.tracking.models.rounds import LONGEST_COMMENT, Round, RoundReopened, RoundRow, RoundStep, StepKind
from ozg_tracker.tracking.models.rows import (
    BY_THE_SYSTEM,
    MunicipalService,
    Responsibility,
    Source,
    State,
    StatusChange,
    TrackedState,
)
from ozg_tracker.tracking.models.successions import MunicipalitySuccession
from ozg_tracker.tracking.models.views import GridColumns, GridView

__all__ = [
    "BY_THE_SYSTEM",
    "FIRST_YEAR",
    "LAST_YEAR",
    "LONGEST_CASE_REASON",
    "LONGEST_COMMENT",
    "LONGEST_REMARK",
    "LONGEST_SNOOZE_REASON",
    "MOST_ATTEMPTS",
    "MOST_CASES",
    "SILENT",
    "CaseCount",
    "CatalogueJob",
    "Channel",
    "Comment",
    "Confirmation",
    "CountedRow",
    "CountingPress",
    "CountingStep",
    "CountingWeek",
    "Deadline",
    "DeadlineEvent",
    "DeadlineQuerySet",
    "Evidence",
    "EvidenceQuerySet",
    "GridColumns",
    "GridView",
    "ListMapping",
    "Mention",
    "MentionDone",
    "Merge",
    "MunicipalService",
    "MunicipalitySuccession",
    "OfAPerson",
    "OwnBundle",
    "OwnList",
    "OwnListRow",
    "OwnService",
    "OwnServiceChange",
    "OwnServiceQuerySet",
    "Responsibility",
    "Round",
    "RoundReopened",
    "RoundRow",
    "RoundStep",
    "ScopeProfile",
    "ScopeProfileQuerySet",
    "ScopeRule",
    "Snooze",
    "Source",
    "State",
    "StatusChange",
    "StepKind",
    "TrackedState",
    "Watch",
    "WorkReminder",
    "free",
]

"""Who learns what by when. No score, no ranking, no time spent is ever stored (§ 69 PersVG LSA)."""

from ozg_tracker.training.models.certificates import Certificate
from ozg_tracker.training.models.completions import Completion, CompletionQuerySet
from ozg_tracker.training.models.course_dates import CourseDate, CourseDateQuerySet, CourseSession
from ozg_tracker.training.models.courses import (
    LONGEST_INTERVAL,
    LONGEST_WITHIN,
    Category,
    Course,
    CourseQuerySet,
    Form,
    NamedPerson,
    Requirement,
    RequirementQuerySet,
)
from ozg_tracker.training.models.escalations import Escalation
from ozg_tracker.training.models.events import TaskDeed, TrainingEvent, TrainingEventQuerySet
from ozg_tracker.training.models.exemptions import Exemption, ExemptionQuerySet
from ozg_tracker.training.models.presence import Presence
from ozg_tracker.training.models.reminders import Reminder
from ozg_tracker.training.models.training_tasks import (
    LATE,
    OPEN,
    Standing,
    SuspensionReason,
    TrainingTask,
    TrainingTaskQuerySet,
)
from ozg_tracker.training.models.who_learns import (
    PlanQuerySet,
    coordinated_by,
    learners,
    learners_as_of,
    learning_in,
    led_by,
)

__all__ = [
    "LATE",
    "LONGEST_INTERVAL",
    "LONGEST_WITHIN",
    "OPEN",
    "Category",
    "Certificate",
    "Completion",
    "CompletionQuerySet",
    "Course",
    "CourseDate",
    "CourseDateQuerySet",
    "CourseQuerySet",
    "CourseSession",
    "Escalation",
    "Exemption",
    "ExemptionQuerySet",
    "Form",
    "NamedPerson",
    "PlanQuerySet",
    "Presence",
    "Reminder",
    "Requirement",
    "RequirementQuerySet",
    "Standing",
    "SuspensionReason",
    "TaskDeed",
    "TrainingEvent",
    "TrainingEventQuerySet",
    "TrainingTask",
    "TrainingTaskQuerySet",
    "coordinated_by",
    "learners",
    "learners_as_of",
    "learning_in",
    "led_by",
]

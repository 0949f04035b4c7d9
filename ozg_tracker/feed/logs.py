"""What the feed follows: every log that is only ever added to, who may read it, and what its events are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import (
    Deed,
    DepartmentEvent,
    JournalEntry,
    MaturityModelEvent,
    MembershipEvent,
    Reorganisation,
    who_may,
)
from ozg_tracker.handover.models import Handover, HandoverStep
from ozg_tracker.tracking.models import (
    CaseCount,
    Comment,
    Confirmation,
    CountingPress,
    CountingStep,
    CountingWeek,
    DeadlineEvent,
    Evidence,
    OwnServiceChange,
    Round,
    RoundStep,
    Snooze,
    StatusChange,
)
from ozg_tracker.tracking.models.visible import municipalities_of
from ozg_tracker.training.models import Exemption, TrainingEvent, TrainingTask
from reports.models import CouncilQuestion, CouncilQuestionStep, Edition, EditionStep, Meeting, MeetingEvent

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

    Seen = Callable[[User], QuerySet[Any]]


@dataclass(frozen=True)
class Log:
    """`about`: the collection of the API and the lookup of the id there; `municipality`, `at`: lookups too, empty where
    the log is the whole installation's. `seen`: the events that a person may read now.
    """

    model: type[Model]
    about: tuple[str, str]
    seen: "Seen"
    at: str = "recorded_at"
    municipality: str = "municipality"


def _by_itself(model: Any) -> "Seen":
    return lambda user: model.objects.visible_to(user)


def _where(model: type[Model], deed: Deed, path: str = "municipality", *, shared: bool = False) -> "Seen":
    """Of the municipalities where a person may `deed`; with `shared` those that belong to none too."""

    def seen(user: "User") -> QuerySet[Any]:
        here = Q(**{f"{path}__in": municipalities_of(user, *who_may(deed))})
        return model._default_manager.filter(here | Q(**{path: None}) if shared else here)

    return seen


def _training(user: "User") -> QuerySet[TrainingEvent]:
    return TrainingEvent.objects.filter(task__in=TrainingTask.objects.shown_to(user, timezone.localdate()))


def _catalogue(user: "User") -> QuerySet[CatalogueImport]:
    reads = user.memberships.filter(role__in=who_may(Deed.READ_CATALOGUE)).exists()
    return CatalogueImport.objects.all() if reads else CatalogueImport.objects.none()


def _handover_steps(user: "User") -> QuerySet[HandoverStep]:
    return HandoverStep.objects.filter(handover__in=Handover.objects.visible_to(user))


def _edition_steps(user: "User") -> QuerySet[EditionStep]:
    """What is said before an edition is approved is for those who review it; that it was, for all who read it."""
    reviewed = Q(edition__municipality__in=municipalities_of(user, *who_may(Deed.REVIEW_EDITIONS)))
    approved = Q(kind=EditionStep.Kind.APPROVED)
    return EditionStep.objects.filter(reviewed | approved, edition__in=Edition.objects.visible_to(user))


def _question_steps(user: "User") -> QuerySet[CouncilQuestionStep]:
    return CouncilQuestionStep.objects.filter(question__in=CouncilQuestion.objects.visible_to(user))


def _meetings(user: "User") -> QuerySet[MeetingEvent]:
    return MeetingEvent.objects.filter(meeting__in=Meeting.objects.visible_to(user))


LOGS: Mapping[str, Log] = {
    "catalogue-import": Log(CatalogueImport, ("catalogue-imports", "pk"), _catalogue, "applied_at", ""),
    "department-change": Log(
        DepartmentEvent, ("departments", "department"), _where(DepartmentEvent, Deed.READ_CATALOGUE)
    ),
    "reorganisation": Log(Reorganisation, ("reorganisations", "pk"), _where(Reorganisation, Deed.READ_CATALOGUE)),
    "membership-change": Log(MembershipEvent, ("memberships", "pk"), _by_itself(MembershipEvent)),
    "maturity-model-change": Log(
        MaturityModelEvent, ("maturity-model-changes", "pk"), _where(MaturityModelEvent, Deed.READ_CATALOGUE)
    ),
    "deadline-change": Log(
        DeadlineEvent, ("deadlines", "deadline"), _where(DeadlineEvent, Deed.READ_CATALOGUE, shared=True)
    ),
    "own-service-change": Log(
        OwnServiceChange,
        ("services", "own__service"),
        _where(OwnServiceChange, Deed.READ_ROWS, "own__municipality"),
        municipality="own__municipality",
    ),
    "status-change": Log(StatusChange, ("municipal-services", "row"), _by_itself(StatusChange)),
    "case-count": Log(CaseCount, ("case-counts", "pk"), _by_itself(CaseCount)),
    "counting-week": Log(CountingWeek, ("counting-weeks", "pk"), _by_itself(CountingWeek)),
    "counting-press": Log(
        CountingPress, ("counting-weeks", "week"), _by_itself(CountingPress), municipality="week__municipality"
    ),
    "counting-step": Log(
        CountingStep, ("counting-weeks", "week"), _by_itself(CountingStep), municipality="week__municipality"
    ),
    "comment": Log(Comment, ("municipal-services", "row"), _by_itself(Comment)),
    "confirmation": Log(Confirmation, ("municipal-services", "row"), _by_itself(Confirmation)),
    "finding-snoozed": Log(Snooze, ("municipal-services", "row"), _by_itself(Snooze)),
    "evidence": Log(Evidence, ("municipal-services", "row"), _by_itself(Evidence), municipality="row__municipality"),
    "round": Log(Round, ("rounds", "pk"), _by_itself(Round)),
    "round-step": Log(RoundStep, ("rounds", "round"), _by_itself(RoundStep), municipality="round__municipality"),
    "handover": Log(Handover, ("handovers", "pk"), _by_itself(Handover)),
    "handover-step": Log(
        HandoverStep, ("handovers", "handover"), _handover_steps, municipality="handover__municipality"
    ),
    "training-event": Log(TrainingEvent, ("training-tasks", "task"), _training),
    "training-exemption": Log(Exemption, ("training-exemptions", "pk"), _by_itself(Exemption)),
    "edition": Log(Edition, ("editions", "pk"), _by_itself(Edition), "known_at"),
    "edition-step": Log(EditionStep, ("editions", "edition"), _edition_steps, municipality="edition__municipality"),
    "council-question": Log(CouncilQuestion, ("editions", "edition"), _by_itself(CouncilQuestion)),
    "council-question-step": Log(
        CouncilQuestionStep,
        ("editions", "question__edition"),
        _question_steps,
        municipality="question__municipality",
    ),
    "meeting-change": Log(MeetingEvent, ("meetings", "meeting"), _meetings, municipality="meeting__municipality"),
    "journal-entry": Log(JournalEntry, ("journal", "pk"), _by_itself(JournalEntry)),
}


def municipalities_read(user: "User") -> list[int]:
    """Ids of the municipalities in which `user` has a role."""
    if user.roles_held is not None:
        return [municipality for _role, municipality in user.roles_held]
    return list(user.memberships.values_list("municipality", flat=True))

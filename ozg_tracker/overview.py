"""What waits for a person today, by role: each number is that of the filtered list it leads to."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.import_models import CatalogueImport
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Membership, Municipality, Role, User
from ozg_tracker.job_runs import job_standings
from ozg_tracker.tracking.claims import CONTRADICTIONS, Verdict, with_verdict
from ozg_tracker.tracking.models import Evidence, MunicipalService, Responsibility
from ozg_tracker.tracking.overdue import plan_passed
from ozg_tracker.training.models import TrainingTask
from reports.archive import Step, in_force, next_step
from reports.models import Edition

SHOWN = 5
SOON = 30  # days

Rows = QuerySet[MunicipalService]


class Deed(NamedTuple):
    label: str
    address: str


@dataclass(frozen=True)
class TodoRow:
    """A service or training: how it stands, and the deeds beside it, the likeliest first."""

    name: str
    address: str
    words: str
    late: str = ""
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True)
class Todo:
    """A number with what it means, where its list is, and the first of its rows."""

    number: int
    title: str
    words: str
    address: str
    button: str
    rows: list[TodoRow] = field(default_factory=list)


def todos(user: User, membership: Membership) -> list[Todo]:
    """What waits for coordination, a manager or staff; only what is there."""
    rows = rows_of(user, membership)
    found = [_passed(rows, membership), _not_rated(rows, membership)]
    if membership.role in (Role.COORDINATOR, Role.MANAGER):
        found = [_unclear(rows), *found]
    found += [_contradictions(rows, membership), _own_trainings(user, membership)]
    if membership.role in (Role.COORDINATOR, Role.MANAGER):
        found += [_team_trainings(user, membership), _team_due(user, membership)]
    return [each for each in found if each.number]


def rows_of(user: User, membership: Membership) -> Rows:
    """The rows in a person's view: all of the town, those of the own department tree, or those a person owns."""
    rows = MunicipalService.objects.visible_to(user).filter(municipality=membership.municipality)
    rows = rows.filter(service__retired_on=None)
    if membership.role == Role.MANAGER and membership.department:
        return rows.filter(department__in=tree_ids(membership.department))
    if membership.role == Role.STAFF:
        return rows.filter(owner=user)
    return rows


def late_departments(municipality: Municipality) -> list[dict[str, Any]]:
    """For the coordination: departments with passed plans, the one with most first, each with its filtered list."""
    rows = plan_passed(MunicipalService.objects.filter(municipality=municipality), timezone.localdate())
    grouped = rows.order_by().values("department", "department__name").annotate(number=Count("pk")).order_by("-number")
    return [
        {
            "name": each["department__name"] or _("ohne Fachbereich"),
            "number": each["number"],
            "address": _list(department=each["department"] or "none", plan_passed="true"),
        }
        for each in grouped
    ]


def report_step(user: User, municipality: Municipality) -> Step:
    return next_step(in_force(Edition.objects.visible_to(user).filter(municipality=municipality)))


def latest_approved(user: User, municipality: Municipality) -> Edition | None:
    """The newest month the council may read."""
    editions = Edition.objects.visible_to(user).filter(municipality=municipality, state=Edition.State.APPROVED)
    return editions.defer("figures", "differences").order_by("-month", "-number").first()


def operations() -> dict[str, Any]:
    """For the operator: what is loaded, whom the installation serves, and how its jobs run."""
    return {
        "imports": CatalogueImport.objects.select_related("release", "by")[:SHOWN],
        "towns": Municipality.objects.annotate(people=Count("memberships", distinct=True)).order_by("name"),
        "broker": bool(settings.CELERY_BROKER_URL),
        "jobs": job_standings(),
    }


def _list(**filters: object) -> str:
    return f"/leistungen/?{urlencode(filters)}"


def _view(membership: Membership) -> dict[str, object]:
    """The filters of the grid that show the same rows as `rows_of`."""
    if membership.role == Role.MANAGER and membership.department_id:
        return {"department": membership.department_id}
    if membership.role == Role.STAFF:
        return {"owner": membership.user.username}
    return {"department": ""}


def _passed(rows: Rows, membership: Membership) -> Todo:
    late = plan_passed(rows, timezone.localdate())
    number = late.count()
    shown = list(late.select_related("service").order_by("planned_on", "pk")[:SHOWN]) if number else []
    return Todo(
        number,
        ngettext("geplanter Termin ist verstrichen", "geplante Termine sind verstrichen", number),
        _("Ein verstrichener Termin gilt nie von selbst als erledigt. Bitte melden Sie, wie es steht."),
        _list(**_view(membership), plan_passed="true"),
        ngettext("Die Leistung ansehen", "Alle ansehen", number),
        [_late_row(row) for row in shown],
    )


def _late_row(row: MunicipalService) -> TodoRow:
    day = row.planned_on or timezone.localdate()
    days = (timezone.localdate() - day).days
    late = ngettext("seit einem Tag überfällig", "seit %(n)d Tagen überfällig", days) % {"n": days}
    address = reverse("service", args=[row.pk])
    deeds = (
        Deed(_("Neuer Termin"), f"{address}?melden=termin#aendern"),
        Deed(_("Ist fertig"), f"{address}?melden=fertig#aendern"),
    )
    return TodoRow(row.service.name, address, _("geplant bis %(day)s") % {"day": f"{day:%d.%m.%Y}"}, late, deeds)


def _not_rated(rows: Rows, membership: Membership) -> Todo:
    number = rows.filter(level=None, responsibility=Responsibility.MUNICIPALITY).count()
    return Todo(
        number,
        ngettext("Leistung ist noch nicht bewertet", "Leistungen sind noch nicht bewertet", number),
        _("Im Sachstandsbericht steht dort „nicht bewertet“, nicht Reifegrad 0."),
        _list(**_view(membership), level="none", responsibility="municipality"),
        ngettext("Die Leistung bewerten", "%(n)d Leistungen bewerten", number) % {"n": number},
    )


def _unclear(rows: Rows) -> Todo:
    number = rows.filter(responsibility=Responsibility.UNCLEAR).count()
    return Todo(
        number,
        ngettext("Zuständigkeit ist ungeklärt", "Zuständigkeiten sind ungeklärt", number),
        _("Solange sie ungeklärt sind, zählen diese Leistungen nirgends mit."),
        "/leistungen/klaeren/",
        ngettext("Zuständigkeit klären", "%(n)d Zuständigkeiten klären", number) % {"n": number},
    )


def _contradictions(rows: Rows, membership: Membership) -> Todo:
    """The page of evidence shows the whole town, as the coordination's number does; others see their rows here."""
    known = Evidence.objects.filter(row__municipality=membership.municipality, kind=Evidence.Kind.DIRECTORY).exists()
    found = with_verdict(rows).filter(verdict__in=CONTRADICTIONS) if known else rows.none()
    number = found.count()
    shown: list[Any] = []
    if membership.role != Role.COORDINATOR:
        shown = list(found.select_related("service").order_by("service__name", "pk")[:SHOWN])
    return Todo(
        number,
        ngettext(
            "Angabe passt nicht zum öffentlichen Verzeichnis",
            "Angaben passen nicht zum öffentlichen Verzeichnis",
            number,
        ),
        _("Entweder stimmt der gemeldete Reifegrad nicht, oder der Eintrag im Verzeichnis fehlt noch."),
        "/nachweise/?zeige=widerspricht",
        _("Alle Nachweise der Kommune"),
        [_contradiction(row) for row in shown],
    )


def _contradiction(row: Any) -> TodoRow:
    address = reverse("service", args=[row.pk])
    return TodoRow(
        row.service.name, address, str(Verdict(row.verdict).label), deeds=(Deed(_("Nachweis ansehen"), address),)
    )


def _own_trainings(user: User, membership: Membership) -> Todo:
    mine = TrainingTask.objects.filter(person=user, municipality=membership.municipality, completion=None)
    number = mine.count()
    shown = list(mine.select_related("course", "course_date").order_by("due_on", "pk")[:SHOWN]) if number else []
    return Todo(
        number,
        ngettext("Schulung ist für Sie offen", "Schulungen sind für Sie offen", number),
        _("Mit Tag, Termin und dem Weg, sie als erledigt zu melden."),
        "/schulungen/",
        _("Meine Schulungen"),
        [_training(task) for task in shown],
    )


def _training(task: TrainingTask) -> TodoRow:
    day, today = f"{task.due_on:%d.%m.%Y}", timezone.localdate()
    rests = task.suspended_until is not None and task.suspended_until >= today
    late = _("überfällig seit %(day)s") % {"day": day} if task.due_on < today and not rests else ""
    words = [] if late else [_("fällig %(day)s") % {"day": day}]
    if task.course_date:
        begin = timezone.localtime(task.course_date.starts_at)
        words.append(_("Termin %(day)s") % {"day": f"{begin:%d.%m.%Y, %H:%M}"})
    done = Deed(_("Als erledigt melden"), f"/schulungen/?melden={task.pk}")
    return TodoRow(task.course.title, f"/schulungen/?melden={task.pk}", ", ".join(words), late, (done,))


def _team_trainings(user: User, membership: Membership) -> Todo:
    others = TrainingTask.objects.visible_to(user).filter(municipality=membership.municipality).exclude(person=user)
    today = timezone.localdate()
    late = others.filter(completion=None, due_on__lt=today).exclude(suspended_until__gte=today)
    number = late.count()
    return Todo(
        number,
        ngettext("Schulung im Team ist überfällig", "Schulungen im Team sind überfällig", number),
        _("Sie sehen, was fällig und was erledigt ist, sonst nichts."),
        "/schulungen/fachbereich/",
        _("Schulungen im Fachbereich"),
    )


def _team_due(user: User, membership: Membership) -> Todo:
    """What of the team comes due soon, by course, so that dates can still be found."""
    today = timezone.localdate()
    last = today + timedelta(days=SOON)
    others = TrainingTask.objects.visible_to(user).filter(municipality=membership.municipality).exclude(person=user)
    soon = others.filter(completion=None, due_on__gte=today, due_on__lte=last)
    courses = list(soon.order_by().values("course__title").annotate(n=Count("pk")).order_by("-n", "course__title"))
    number = sum(each["n"] for each in courses)
    title = ngettext("Schulung im Team ist bis %(day)s fällig", "Schulungen im Team sind bis %(day)s fällig", number)
    return Todo(
        number,
        title % {"day": f"{last:%d.%m.%Y}"},
        ", ".join(f"{each['course__title']}: {each['n']}" for each in courses[:SHOWN]),
        "/schulungen/fachbereich/",
        _("Schulungen im Fachbereich"),
    )

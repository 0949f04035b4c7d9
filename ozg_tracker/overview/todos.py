"""What waits for a person today, by role: each number is that of the filtered list it leads to."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import CatalogueImport
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Deed, Membership, Municipality, Reach, Role, User, reach_of
from ozg_tracker.accounts.people import in_ended_departments
from ozg_tracker.handover import things
from ozg_tracker.handover.holding import stranded
from ozg_tracker.jobs.standing import job_standings
from ozg_tracker.overview.stopped import stopped_webhooks
from ozg_tracker.overview.todo import Shortcut, Todo, TodoRow
from ozg_tracker.reorganising.planning import drafts
from ozg_tracker.tracking.findings.looking import findings
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.claims import CONTRADICTIONS, Verdict, taken_in_on, with_verdict
from ozg_tracker.tracking.rows.counting import AWAITS_RATING, COUNTS, NOT_RATED, STANDS, UNCLEAR, late
from ozg_tracker.training.models import LATE, TrainingTask
from ozg_tracker.training.team.department import tasks_of_others
from reports.editions.archive import Step, in_force, next_step
from reports.models import Edition
from reports.questions.reading import open_questions

SHOWN = 5
SOON = 30  # days

Rows = QuerySet[MunicipalService]


def todos(user: User, membership: Membership) -> list[Todo]:
    """What waits for coordination, a manager or staff; only what is there."""
    rows = rows_of(user, membership)
    found = [_passed(rows, membership), _not_rated(rows, membership)]
    if membership.municipality.maturity_model_since:
        found.append(_awaits_rating(rows, membership))
    if Deed.CLEAR_RESPONSIBILITY in membership.deeds:
        found = [_unclear(rows), *found]
    if reach_of(membership.role, Deed.HAND_OVER) == Reach.ALL:
        found += [_stranded(membership.municipality), _stranded_things(membership.municipality)]
        found.append(_displaced(membership.municipality))
        found.append(_drafts(membership.municipality))
    if Deed.ANSWER_QUESTIONS in membership.deeds:
        found.insert(0, _questions(membership.municipality))
    if Deed.KEEP_WEBHOOKS in membership.deeds:
        found.append(stopped_webhooks(membership.municipality))
    found += [_contradictions(rows, membership), _quality(rows, membership), _own_trainings(user, membership)]
    if Deed.LEAD_TRAININGS in membership.deeds:
        found += [_team_trainings(user, membership), _team_due(user, membership)]
    return [each for each in found if each.number]


def rows_of(user: User, membership: Membership) -> Rows:
    """The rows in a person's view: all of the municipality, those of the own department tree, or those one owns."""
    rows = MunicipalService.objects.visible_to(user).filter(municipality=membership.municipality)
    if membership.role == Role.MANAGER and membership.department:
        return rows.filter(department__in=tree_ids(membership.department))
    if membership.role == Role.STAFF:
        return rows.filter(owner=user)
    return rows


def late_departments(municipality: Municipality) -> list[dict[str, Any]]:
    """For the coordination: departments with passed plans, the one with most first, each with its filtered list."""
    rows = MunicipalService.objects.filter(late(timezone.localdate()), municipality=municipality)
    grouped = rows.order_by().values("department", "department__name").annotate(number=Count("pk")).order_by("-number")
    return [
        {
            "name": each["department__name"] or _("ohne Fachbereich"),
            "number": each["number"],
            "address": _list(department="", office=each["department"] or "none", plan_passed="true"),
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
        "municipalities": Municipality.objects.annotate(
            people=Count("memberships", Q(memberships__user__is_service=False), distinct=True)
        ).order_by("name"),
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
    found = rows.filter(late(timezone.localdate()))
    number = found.count()
    shown = list(found.select_related("service").order_by("planned_on", "pk")[:SHOWN]) if number else []
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
    since = ngettext("seit einem Tag überfällig", "seit %(n)d Tagen überfällig", days) % {"n": days}
    address = reverse("service", args=[row.pk])
    shortcuts = (
        Shortcut(_("Neuer Termin"), f"{address}?report=date"),
        Shortcut(_("Ist fertig"), f"{address}?report=done"),
    )
    return TodoRow(row.service.name, address, _("geplant bis %(day)s") % {"day": f"{day:%d.%m.%Y}"}, since, shortcuts)


def _not_rated(rows: Rows, membership: Membership) -> Todo:
    number = rows.filter(COUNTS, NOT_RATED).count()
    return Todo(
        number,
        ngettext("Leistung ist noch nicht bewertet", "Leistungen sind noch nicht bewertet", number),
        _("Im Sachstandsbericht steht dort „nicht bewertet“, nicht Reifegrad 0."),
        _list(**_view(membership), level="none", counts="true"),
        ngettext("Die Leistung bewerten", "%(n)d Leistungen bewerten", number) % {"n": number},
    )


def _awaits_rating(rows: Rows, membership: Membership) -> Todo:
    number = rows.filter(COUNTS, AWAITS_RATING).count()
    words = {"model": membership.municipality.maturity_model.version, "n": number}
    return Todo(
        number,
        ngettext("Leistung ist neu zu bewerten", "Leistungen sind neu zu bewerten", number),
        _("Sie sind nach einem anderen Reifegradmodell bewertet; es gilt %(model)s. Umgerechnet wird nichts.") % words,
        _list(**_view(membership), awaits_rating="true", counts="true"),
        ngettext("Die Leistung bewerten", "%(n)d Leistungen bewerten", number) % words,
    )


def _unclear(rows: Rows) -> Todo:
    number = rows.filter(UNCLEAR, STANDS).count()
    return Todo(
        number,
        ngettext("Zuständigkeit ist ungeklärt", "Zuständigkeiten sind ungeklärt", number),
        _("Solange sie ungeklärt sind, zählen diese Leistungen nirgends mit."),
        "/leistungen/klaeren/",
        ngettext("Zuständigkeit klären", "%(n)d Zuständigkeiten klären", number) % {"n": number},
    )


def _questions(municipality: Municipality) -> Todo:
    number = open_questions(municipality).count()
    return Todo(
        number,
        ngettext("Frage aus dem Rat wartet auf Antwort", "Fragen aus dem Rat warten auf Antwort", number),
        _("Jede wird einmal beantwortet; Frage und Antwort stehen in der nächsten Ausgabe."),
        reverse("questions"),
        ngettext("Die Frage beantworten", "%(n)d Fragen beantworten", number) % {"n": number},
    )


def _stranded(municipality: Municipality) -> Todo:
    number = stranded(municipality).count()
    return Todo(
        number,
        ngettext("Leistung, für die niemand handeln kann", "Leistungen, für die niemand handeln kann", number),
        _("Wer dort zuständig ist, hat die Kommune verlassen oder darf sie nicht bearbeiten."),
        reverse("handovers"),
        ngettext("Die Leistung übergeben", "%(n)d Leistungen übergeben", number) % {"n": number},
    )


def _stranded_things(municipality: Municipality) -> Todo:
    number = len(things.stranded(municipality))
    return Todo(
        number,
        ngettext(
            "Entwurf, Runde oder Schulungstermin, für den niemand handeln kann",
            "Entwürfe, Runden und Schulungstermine, für die niemand handeln kann",
            number,
        ),
        _("Wer das hält, hat die Kommune verlassen oder darf es nicht mehr."),
        reverse("handovers"),
        ngettext("Den Posten übergeben", "%(n)d Posten übergeben", number) % {"n": number},
    )


def _displaced(municipality: Municipality) -> Todo:
    number = in_ended_departments(municipality).count()
    return Todo(
        number,
        ngettext(
            "Person in einem Fachbereich, den es nicht mehr gibt",
            "Personen in Fachbereichen, die es nicht mehr gibt",
            number,
        ),
        _("Sie sieht dort nichts mehr, und niemand leitet sie. Bitte wählen Sie ihren Fachbereich."),
        f"{reverse('people')}?department_ended=true",
        ngettext("Den Fachbereich wählen", "%(n)d Fachbereiche wählen", number) % {"n": number},
    )


def _drafts(municipality: Municipality) -> Todo:
    """Those alone whose day has come: what is to come can still be thought over."""
    number = drafts(municipality).filter(effective_on__lte=timezone.localdate()).count()
    return Todo(
        number,
        ngettext("Entwurf eines Umbaus, dessen Tag da ist", "Entwürfe von Umbauten, deren Tag da ist", number),
        _("Von selbst geschieht nichts. Bitte entscheiden Sie, oder verwerfen Sie den Entwurf."),
        f"{reverse('departments')}#entwuerfe",
        ngettext("Den Entwurf ansehen", "%(n)d Entwürfe ansehen", number) % {"n": number},
    )


def _contradictions(rows: Rows, membership: Membership) -> Todo:
    """The page of evidence shows the municipality whole, as the coordination's number does; others' rows are here."""
    known = taken_in_on(membership.municipality)
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
        "/nachweise/?verdict=contradicts",
        _("Alle Nachweise der Kommune"),
        [_contradiction(row) for row in shown],
    )


def _quality(rows: Rows, membership: Membership) -> Todo:
    """All findings of the rows in the person's view; the page shows those of a department, or of the municipality."""
    told = findings(rows, timezone.localdate())
    led = membership.department_id if membership.role == Role.MANAGER else None
    return Todo(
        told.total,
        ngettext("Befund zur Datenqualität", "Befunde zur Datenqualität", told.total),
        ", ".join(f"{each.rule.title}: {each.count}" for each in told.present[:SHOWN]),
        f"{reverse('quality')}?department={led}" if led else reverse("quality"),
        _("Alle Befunde"),
    )


def _contradiction(row: Any) -> TodoRow:
    address = reverse("service", args=[row.pk])
    return TodoRow(
        row.service.name,
        address,
        str(Verdict(row.verdict).label),
        shortcuts=(Shortcut(_("Nachweis ansehen"), address),),
    )


def _own_trainings(user: User, membership: Membership) -> Todo:
    mine = TrainingTask.objects.open().filter(person=user, municipality=membership.municipality)
    number = mine.count()
    standing = mine.with_standing(timezone.localdate()).select_related("course", "course_date")
    shown = list(standing.order_by("due_on", "pk")[:SHOWN]) if number else []
    return Todo(
        number,
        ngettext("Schulung ist für Sie offen", "Schulungen sind für Sie offen", number),
        _("Mit Tag, Termin und dem Weg, sie als erledigt zu melden."),
        "/schulungen/",
        _("Meine Schulungen"),
        [_training(task) for task in shown],
    )


def _training(task: TrainingTask) -> TodoRow:
    day = f"{task.due_on:%d.%m.%Y}"
    late = _("überfällig seit %(day)s") % {"day": day} if task.standing in LATE else ""  # type: ignore[attr-defined]
    words = [] if late else [_("fällig %(day)s") % {"day": day}]
    if task.registered and task.seated_at:
        begin = timezone.localtime(task.registered.starts_at)
        words.append(_("Termin %(day)s") % {"day": f"{begin:%d.%m.%Y, %H:%M}"})
    done = Shortcut(_("Als erledigt melden"), f"/schulungen/?report={task.pk}")
    return TodoRow(task.course.title, f"/schulungen/?report={task.pk}", ", ".join(words), late, (done,))


def _team_trainings(user: User, membership: Membership) -> Todo:
    number = tasks_of_others(user, membership.municipality).late(timezone.localdate()).count()
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
    soon = tasks_of_others(user, membership.municipality).due(today, last)
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

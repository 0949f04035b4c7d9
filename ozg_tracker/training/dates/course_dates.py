"""Dates of a course: kept with their sessions, changed, cancelled; whoever registered is told, with the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.dates import letters
from ozg_tracker.training.dates.at_once import meeting
from ozg_tracker.training.dates.places import fill_places, locked
from ozg_tracker.training.models import CourseDate, CourseSession

MOST_SESSIONS = 30


@dataclass(frozen=True)
class Sitting:
    """A session as it is to be; `pk` of the one that is there, None for a new one."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    pk: int | None = None


@transaction.atomic
def keep_course_date(wanted: CourseDate, sittings: Sequence[Sitting], *, by: User, now: datetime | None = None) -> int:
    """Keep a date, new or changed, as `wanted` says, with these sessions; says how many people were told.

    Who has a place keeps it. A session that is left out is called off; one that has begun stays as it was. More places
    go to those who wait. PermissionDenied for whom may not; ValidationError `no_session`, `too_many_sessions`,
    `in_the_past`, `begun`, `unknown`, `sessions_overlap`, `too_few_places`, `double_booked` (the trainer), `cancelled`,
    `archived`, or what the model refuses.
    """
    moment = now or timezone.now()
    _refuse_others(wanted, by)
    before = list(wanted.sessions.all()) if wanted.pk else []
    if wanted.pk:
        stored = locked(wanted.pk)
        refuse_over(stored, moment)
        wanted.sequence = stored.sequence  # whoever withdrew meanwhile has taken a step
    elif wanted.course.archived_on is not None:
        raise ValidationError(_("Dieser Kurs ist archiviert. Holen Sie ihn zuerst zurück."), "archived")
    ordered = sorted(sittings, key=lambda each: each.starts_at)
    _refuse_sittings(ordered, {each.pk: each for each in before}, moment)
    wanted.starts_at, wanted.ends_at = ordered[0].starts_at, max(each.ends_at for each in ordered)
    wanted.place = ordered[0].place
    wanted.full_clean()
    _refuse_fewer_places(wanted)
    changed, gone = _differences(ordered, before)
    _refuse_two_at_once(wanted, ordered, moved=bool(changed) or not before)
    if changed or gone:
        wanted.sequence, wanted.changed_at = wanted.sequence + 1, moment
    wanted.save()
    kept = _keep_sessions(wanted, ordered, {each.pk: each for each in wanted.sessions.all()}, gone)
    told = letters.tell_changed(wanted, before, [each for each in kept if each.pk in changed or not before], gone)
    fill_places(wanted, moment)
    return told if before else 0


@transaction.atomic
def cancel_course_date(course_date: CourseDate, reason: str = "", *, by: User, now: datetime | None = None) -> int:
    """Call off a date to come. Who had registered is without a date again and is told; says how many people.

    PermissionDenied for whom may not. ValidationError `in_the_past` for one that has begun, `cancelled`.
    """
    moment = now or timezone.now()
    _refuse_others(course_date, by)
    found = locked(course_date.pk)
    refuse_over(found, moment)
    if found.starts_at <= moment:
        sentence = _("Dieser Termin hat schon begonnen. Was noch kommt, sagen Sie unter „Termin ändern“ ab.")
        raise ValidationError(sentence, code="in_the_past")
    found.cancelled_at, found.cancelled_because = moment, " ".join(reason.split())[:300]
    found.sequence, found.changed_at = found.sequence + 1, moment
    found.save()
    told = letters.tell_cancelled(found)
    found.tasks.open().update(registered_at=None, seated_at=None)
    return told


def refuse_over(course_date: CourseDate, now: datetime) -> None:
    """ValidationError `cancelled`, or `in_the_past` for a date that is over."""
    if course_date.cancelled_at is not None:
        raise ValidationError(_("Dieser Termin ist abgesagt."), code="cancelled")
    if course_date.ends_at <= now:
        raise ValidationError(_("Dieser Termin ist vorbei und bleibt, wie er war."), code="in_the_past")


def _refuse_others(course_date: CourseDate, by: User) -> None:
    course = type(course_date.course).objects.editable_by(by).filter(pk=course_date.course_id)
    if not course.exists():
        raise PermissionDenied(_("Termine legt die OZG-Koordination fest."))


def _refuse_sittings(ordered: Sequence[Sitting], there: dict[int, CourseSession], now: datetime) -> None:
    if not ordered:
        raise ValidationError(_("Ein Termin hat mindestens eine Einheit mit Beginn und Ende."), "no_session")
    if len(ordered) > MOST_SESSIONS:
        sentence = _("Ein Termin hat höchstens %(most)d Einheiten.") % {"most": MOST_SESSIONS}
        raise ValidationError(sentence, "too_many_sessions")
    known = [each.pk for each in ordered if each.pk is not None]
    if len(set(known)) < len(known) or not set(known) <= there.keys():
        raise ValidationError(_("Eine dieser Einheiten gibt es nicht mehr. Bitte laden Sie die Seite neu."), "unknown")
    begun = {pk for pk, each in there.items() if each.starts_at <= now}
    same = {each.pk for each in ordered if each.pk in begun and _is_same(each, there[each.pk])}
    if begun - same:
        raise ValidationError(_("Eine Einheit, die schon begonnen hat, bleibt, wie sie war."), "begun")
    for each in ordered:
        if each.ends_at <= each.starts_at:
            raise ValidationError(_("Eine Einheit endet nach ihrem Beginn."), "ends_before_start")
        if each.starts_at <= now and each.pk not in begun:
            raise ValidationError(_("Der Termin läge in der Vergangenheit."), "in_the_past")
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(ordered)):
        raise ValidationError(_("Zwei Einheiten überschneiden sich."), "sessions_overlap")


def _refuse_two_at_once(wanted: CourseDate, ordered: Sequence[Sitting], *, moved: bool) -> None:
    """Asked where the times or the trainer are new: what stood before can still be changed in other ways."""
    person = wanted.trainer
    if person is None or not (moved or CourseDate.objects.exclude(trainer=person).filter(pk=wanted.pk).exists()):
        return
    User.objects.select_for_update().get(pk=person.pk)  # the same trainer for two dates at once
    if found := meeting(person.pk, ordered, course_date=wanted):
        values = {"person": person.get_full_name() or person.username, "course": found.course_date.course.title}
        sentence = _("%(person)s ist zur selben Zeit schon bei „%(course)s“.") % values
        raise ValidationError({"trainer": ValidationError(sentence, "double_booked")})


def _is_same(sitting: Sitting, there: CourseSession) -> bool:
    return (sitting.starts_at, sitting.ends_at, sitting.place, sitting.link) == (
        *(there.starts_at, there.ends_at, there.place, there.link),
    )


def _refuse_fewer_places(wanted: CourseDate) -> None:
    seated = wanted.tasks.open().filter(seated_at__isnull=False).count() if wanted.pk else 0
    if wanted.places is not None and seated > wanted.places:
        sentence = _("%(seated)d Personen haben schon einen Platz; weniger Plätze gibt es nicht mehr.")
        raise ValidationError({"places": ValidationError(sentence % {"seated": seated}, "too_few_places")})


def _differences(
    ordered: Sequence[Sitting], before: Sequence[CourseSession]
) -> tuple[set[int | None], list[CourseSession]]:
    """Ids of the sessions that change (None where new ones come), and those that go."""
    there = {each.pk: each for each in before}
    changed = {each.pk for each in ordered if each.pk is None or not _is_same(each, there[each.pk])}
    staying = {each.pk for each in ordered}
    return changed, [each for each in before if each.pk not in staying]


def _keep_sessions(
    wanted: CourseDate, ordered: Sequence[Sitting], there: dict[int, CourseSession], gone: Sequence[CourseSession]
) -> list[CourseSession]:
    wanted.sessions.filter(pk__in=[each.pk for each in gone]).delete()
    kept = []
    for each in ordered:
        session = there[each.pk] if each.pk is not None else CourseSession(course_date=wanted)
        session.starts_at, session.ends_at = each.starts_at, each.ends_at
        session.place, session.link = each.place, each.link
        session.full_clean(exclude=["course_date"])
        session.save()
        kept.append(session)
    return kept

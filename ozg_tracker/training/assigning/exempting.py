"""Exempting a person for a time from one training or from all: in one step, and ended in one."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Membership, Municipality, User
from ozg_tracker.training.assigning.suspension import hold
from ozg_tracker.training.models import (
    Course,
    Exemption,
    SuspensionReason,
    TaskDeed,
    TrainingTask,
    TrainingTaskQuerySet,
    led_by,
)

LONGEST = timedelta(days=3 * 366)  # a child's third birthday ends the longest parental leave (§ 15 Abs. 2 BEEG)


@transaction.atomic
def exempt(
    person: User,
    municipality: Municipality,
    until: date,
    reason: str,
    *,
    by: User,
    course: Course | None = None,
    starts_on: date | None = None,
    today: date | None = None,
) -> Exemption:
    """Nothing of the course (None: of all) is assigned, reminded or falls due from `starts_on` (None: today) to the end
    of `until`; what is open rests and its due day moves by as many days, but not that of what is late.

    PermissionDenied for whom `led_by` leaves out. ValidationError: `in_the_past`, `too_far`, `unknown_reason`,
    `other_municipality`, `exempt` where the person is exempt of it in that time already.
    """
    day = today or timezone.localdate()
    begin = starts_on or day
    # the row of the membership is the lock: of two at once the second sees what the first wrote
    if not Membership.objects.select_for_update(of=("self",)).filter(pk__in=led_by(by, municipality), user=person):
        raise PermissionDenied(_("Befreien kann, wer die Person leitet, oder die OZG-Koordination."))
    _refuse_days(begin, until, day)
    if reason not in SuspensionReason.values:
        raise ValidationError({"reason": ValidationError(_("Bitte wählen Sie einen Grund."), "unknown_reason")})
    if course is not None and course.municipality_id != municipality.pk:
        sentence = _("Diese Schulung gehört zu einer anderen Kommune.")
        raise ValidationError({"course": ValidationError(sentence, "other_municipality")})
    _refuse_twice(person, municipality, course, begin, until)
    made = Exemption.objects.create(
        municipality=municipality,
        person=person,
        course=course,
        starts_on=begin,
        until=until,
        reason=reason,
        recorded_at=timezone.now(),
        by=by,
    )
    if begin <= day:
        _begin(made, day)
    return made


@transaction.atomic
def end_exemption(exemption: Exemption, *, by: User, today: date | None = None) -> Exemption:
    """It holds no more from today on; what rests because of it goes on, and its due day moves back by what was left.

    PermissionDenied for whom `kept_by` leaves out; ValidationError `ended` where it is over.
    """
    day = today or timezone.localdate()
    if not Exemption.objects.kept_by(by).filter(pk=exemption.pk).exists():
        raise PermissionDenied(_("Eine Befreiung beendet, wer die Person leitet, oder die OZG-Koordination."))
    if not Exemption.objects.standing(day).filter(pk=exemption.pk).update(ended_on=day):
        raise ValidationError(_("Diese Befreiung ist schon zu Ende."), code="ended")
    exemption.refresh_from_db()
    if exemption.begun:
        for task in _open_tasks(exemption).filter(suspended_until=exemption.until):
            hold(task, TaskDeed.RESUMED, day, "", by, day)
    return exemption


def begin_exemptions(municipality: Municipality, today: date) -> int:
    """What was entered for a day to come begins on it; says how many."""
    due = Exemption.objects.holding(today).filter(municipality=municipality, begun=False)
    number = 0
    for exemption in due.select_related("by").order_by("pk"):
        with transaction.atomic():
            _begin(exemption, today)
        number += 1
    return number


def _begin(exemption: Exemption, day: date) -> None:
    exemption.begun = True
    exemption.save(update_fields=["begun"])
    shorter = Q(suspended_until=None) | Q(suspended_until__lt=exemption.until)
    for task in _open_tasks(exemption).filter(shorter):
        hold(task, TaskDeed.EXEMPTED, exemption.until, exemption.reason, exemption.by, day)


def _open_tasks(exemption: Exemption) -> TrainingTaskQuerySet:
    tasks = TrainingTask.objects.open().filter(person=exemption.person_id, municipality=exemption.municipality_id)
    if exemption.course_id is not None:
        tasks = tasks.filter(course=exemption.course_id)
    return tasks.order_by("pk")


def _refuse_days(begin: date, until: date, day: date) -> None:
    if begin < day:
        sentence = _("Befreit wird ab heute oder ab einem Tag in der Zukunft.")
        raise ValidationError({"starts_on": ValidationError(sentence, "in_the_past")})
    if until <= day or until < begin:
        sentence = _("Eine Befreiung endet an einem Tag in der Zukunft und nicht vor ihrem Beginn.")
        raise ValidationError({"until": ValidationError(sentence, "in_the_past")})
    if until > begin + LONGEST:
        sentence = _("Befreit wird für höchstens drei Jahre. Danach lässt sich die Befreiung neu eintragen.")
        raise ValidationError({"until": ValidationError(sentence, "too_far")})


def _refuse_twice(person: User, municipality: Municipality, course: Course | None, begin: date, until: date) -> None:
    theirs = Exemption.objects.standing(begin).filter(person=person, municipality=municipality, starts_on__lte=until)
    found = theirs.filter(Q(course=None) | Q(course=course)).first()
    if found is not None:
        sentence = _("Die Person ist davon schon befreit, von %(begin)s bis %(until)s. Beenden Sie diese zuerst.")
        days = {"begin": f"{found.starts_on:%d.%m.%Y}", "until": f"{found.until:%d.%m.%Y}"}
        raise ValidationError(sentence % days, code="exempt")

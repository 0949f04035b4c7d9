"""Taking a course out of the catalogue and back in; what was learned in it stays."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import Course, CourseDate


@transaction.atomic
def archive_course(course: Course, *, by: User, today: date | None = None) -> Course:
    """From now on nobody chooses, needs or visits it. What is open and done stays with the people.

    PermissionDenied for whom may not. ValidationError `archived` already, `still_required` while a rule asks for it,
    `dates_to_come` while it takes place.
    """
    found = _locked(course, by)
    if found.archived_on is not None:
        raise ValidationError(_("Dieser Kurs ist schon archiviert."), code="archived")
    day = today or timezone.localdate()
    if found.requirements.filter(Q(ends_on=None) | Q(ends_on__gt=day)).exists():
        sentence = _("Der Kurs ist noch Pflicht. Heben Sie zuerst seine Schulungspflichten auf.")
        raise ValidationError(sentence, code="still_required")
    if CourseDate.objects.to_come(timezone.now()).filter(course=found).exists():
        sentence = _("Der Kurs hat noch Termine. Sagen Sie sie zuerst ab, oder warten Sie, bis sie vorbei sind.")
        raise ValidationError(sentence, code="dates_to_come")
    found.archived_on, found.self_enrolment = day, False
    return _keep(found, {"active": "yes"}, {"active": "no"}, by)


@transaction.atomic
def bring_course_back(course: Course, *, by: User) -> Course:
    """Let it stand in the catalogue again. PermissionDenied for whom may not."""
    found = _locked(course, by)
    if found.archived_on is None:
        return found
    found.archived_on = None
    return _keep(found, {"active": "no"}, {"active": "yes"}, by)


def _locked(course: Course, by: User) -> Course:
    if not Course.objects.editable_by(by).filter(pk=course.pk).exists():
        raise PermissionDenied(_("Kurse pflegt die OZG-Koordination."))
    return Course.objects.select_for_update().get(pk=course.pk)


def _keep(course: Course, before: dict[str, str], after: dict[str, str], by: User) -> Course:
    course.save(update_fields=["archived_on", "self_enrolment"])
    journal.write(
        journal.Kind.RULE, municipality=course.municipality, by=by, about=course.title, before=before, after=after
    )
    return course

"""Who needs a course: kept by the coordination, with an entry in the journal for each change."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Service
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal import Kind
from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.models import NamedPerson, Requirement


def put_requirement(
    requirement: Requirement,
    people: Iterable[User] = (),
    services: Iterable[Service] = (),
    *,
    by: User,
    reason: str = "",
    today: date | None = None,
) -> int:
    """Keep a requirement, new or changed, and bring the tasks of its course to what it asks at once; says how many are
    new. `people`: it is for these alone, as far as it is for them; `services`: beside its own service and bundle.

    ValidationError: what the model refuses, `no_service` for a go-live or owners of nothing, `ended` for one that holds
    no more.
    """
    listed, about = list(people), list(services)
    requirement.named, requirement.by_list = bool(listed), bool(about)
    refuse_empty(about, requirement)
    if requirement.days_before is None:
        requirement.owners_only = False
    requirement.full_clean()
    _keep(requirement, [each.pk for each in listed], [each.pk for each in about], by, reason)
    return assign_due_trainings(requirement.course.municipality, today, requirement.course)


def refuse_empty(services: Sequence[Service], requirement: Requirement) -> None:
    """ValidationError `no_service` for a go-live of nothing, or for the owners of nothing."""
    if services or requirement.service or requirement.bundle:
        return
    if requirement.days_before is not None:
        sentence = _("Vor welchem Go-live? Bitte nennen Sie mindestens eine Leistung oder ein OZG-Bündel.")
        raise ValidationError({"services": ValidationError(sentence, "no_service")})
    if requirement.owners_only:
        sentence = _("Zuständig wofür? Bitte nennen Sie mindestens eine Leistung oder ein OZG-Bündel.")
        raise ValidationError({"services": ValidationError(sentence, "no_service")})


@transaction.atomic
def _keep(requirement: Requirement, people: list[int], services: list[int], by: User, reason: str) -> None:
    before: dict[str, str] = {}
    if requirement.pk is not None:
        stored = Requirement.objects.select_for_update().filter(pk=requirement.pk, ends_on=None).first()
        if stored is None:
            raise ValidationError(_("Diese Schulungspflicht ist schon beendet."), code="ended")
        before = _who(stored)
    requirement.save()
    NamedPerson.objects.filter(requirement=requirement).exclude(person__in=people).delete()
    held = set(NamedPerson.objects.filter(requirement=requirement).values_list("person", flat=True))
    name_people(requirement, [pk for pk in people if pk not in held])
    requirement.services.set(services)
    course = requirement.course
    after = _who(requirement)
    journal.write(
        Kind.RULE,
        municipality=course.municipality,
        by=by,
        about=course.title,
        before=before,
        after=after,
        reason=reason,
    )


def name_people(requirement: Requirement, people: Iterable[int]) -> None:
    """Let the requirement name these people; two statements, however many."""
    NamedPerson.objects.bulk_create(NamedPerson(requirement=requirement, person_id=pk) for pk in people)


def end_requirement(requirement: Requirement, reason: str = "", *, by: User, today: date | None = None) -> None:
    """It asks nobody from today on: what is open because of it is withdrawn, what is done stays. ValidationError
    `ended` where it has ended already.
    """
    day = today or timezone.localdate()
    course = requirement.course
    with transaction.atomic():
        before = _who(requirement)
        if not Requirement.objects.filter(pk=requirement.pk, ends_on=None).update(ends_on=day):
            raise ValidationError(_("Diese Schulungspflicht ist schon beendet."), code="ended")
        journal.write(
            Kind.RULE, municipality=course.municipality, by=by, about=course.title, before=before, reason=reason
        )
    assign_due_trainings(course.municipality, day, course)


def _who(requirement: Requirement) -> dict[str, str]:
    return {
        "role": requirement.role or "all",
        "department": requirement.department.name if requirement.department else "",
        "service": _services(requirement),
        "due_within_days": str(requirement.due_within_days),
        "starts_on": str(requirement.starts_on),
        **({"days_before": str(requirement.days_before)} if requirement.days_before is not None else {}),
    } | ({"people": _names(requirement)} if requirement.named else {})


def _names(requirement: Requirement) -> str:
    """Whom it names, as far as an entry of the journal has room."""
    return ", ".join(str(each) for each in requirement.people.order_by("last_name", "first_name", "pk")[:100])


def _services(requirement: Requirement) -> str:
    own = [each.name for each in (requirement.service, requirement.bundle) if each is not None]
    listed = requirement.services.order_by("name").values_list("name", flat=True) if requirement.by_list else []
    return ", ".join([*own, *listed])

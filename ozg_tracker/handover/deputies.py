"""Deputies: who reports in the place of a person who is away, from a day to a day.

A deputy may change and confirm the rows that the absent person may: those of which the person is responsible, those of
the department tree the person leads, all of them in the place of a coordinator. Nothing else of a role passes: nobody
approves, manages people, learns or makes keys in another's place, so that no second person is gone round. A deputy
has no deputy, and whoever has one is none: what is named stands for one person alone.
"""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import membership, refuse_unless_person, tree_ids
from ozg_tracker.accounts.letters import send
from ozg_tracker.accounts.models import Deed, Deputyship, Municipality, Reach, Role, User, reach_of
from ozg_tracker.accounts.models.deputies import NOBODYS_OWN_DEPUTY
from ozg_tracker.tracking.rows.rights import may_be_responsible

AHEAD = timedelta(days=2 * 366)


def who_can_be_represented(municipality: Municipality, by: User) -> "QuerySet[User]":
    """For whom `by` may name a deputy: oneself; for a manager the managers and staff of the own department tree; for a
    coordinator everybody who works with the municipality's rows.
    """
    people = may_be_responsible(municipality).distinct()
    held = membership(by, municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    if reach == Reach.ALL:
        return people
    if reach is None:
        return people.none()
    tree = tree_ids(held.department) if reach == Reach.TREE and held and held.department else []
    led = Q(
        memberships__municipality=municipality,
        memberships__department__in=tree,
        memberships__role__in=(Role.MANAGER, Role.STAFF),
    )
    return people.filter(Q(pk=by.pk) | led)


def who_can_stand_in(municipality: Municipality) -> "QuerySet[User]":
    """Who can be a deputy: who works with the municipality's rows, and no program."""
    return may_be_responsible(municipality).distinct()


@transaction.atomic
def name_deputy(
    municipality: Municipality,
    absent: User,
    deputy: User,
    *,
    starts_on: date,
    until: date,
    reason: str,
    by: User,
) -> Deputyship:
    """From `starts_on` to `until`, both included, `deputy` reports what `absent` may report; both are told by mail.

    PermissionDenied for whom may not; ValidationError by field: `not_here`, `own_deputy`, `days`, `has_deputy` where
    the absent person has one then, `is_deputy` where the absent person is one, `is_absent` where the deputy has one.
    """
    refuse_unless_person(by)
    if not who_can_be_represented(municipality, by).filter(pk=absent.pk).exists():
        raise PermissionDenied(
            _("Für diese Person benennt sie selbst eine Vertretung, ihre Leitung oder die Koordination.")
        )
    list(User.objects.select_for_update().filter(pk__in=(absent.pk, deputy.pk)).order_by("pk"))  # two at once
    if not who_can_stand_in(municipality).filter(pk=deputy.pk).exists():
        raise _at("deputy", _("Diese Person kann hier nicht vertreten. Bitte wählen Sie eine andere."), "not_here")
    if deputy == absent:
        raise _at("deputy", str(NOBODYS_OWN_DEPUTY), "own_deputy")
    _refuse_days(starts_on, until)
    _refuse_chains(municipality, absent, deputy, starts_on, until)
    made = Deputyship(
        municipality=municipality,
        absent=absent,
        deputy=deputy,
        starts_on=starts_on,
        until=until,
        reason=" ".join(reason.split()),
        by=by,
        recorded_at=timezone.now(),
    )
    made.full_clean()
    made.save()
    told = {"deputy": str(deputy), "effective_on": starts_on.isoformat(), "until": until.isoformat()}
    _write(made, by, after=told, reason=made.reason)
    _tell(made)
    return made


@transaction.atomic
def call_off_deputy(deputyship: Deputyship, *, by: User) -> Deputyship:
    """From now on the deputy acts for the person no more.

    By who entered it, one of both, or the coordination; PermissionDenied for others. ValidationError `over` where it
    was called off before or its last day has passed.
    """
    locked = Deputyship.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=deputyship.pk)
    held = membership(by, locked.municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    if reach is None or (reach != Reach.ALL and by.pk not in (locked.by_id, locked.absent_id, locked.deputy_id)):
        raise PermissionDenied(_("Eine Vertretung sagt ab, wen sie betrifft, wer sie eintrug, oder die Koordination."))
    if locked.called_off_at is not None or locked.until < timezone.localdate():
        raise ValidationError(_("Diese Vertretung ist schon vorbei."), code="over")
    locked.called_off_by, locked.called_off_at = by, timezone.now()
    locked.save(update_fields=["called_off_by", "called_off_at"])
    _write(locked, by, before={"deputy": str(locked.deputy)}, after={"deputy": ""}, reason="")
    return locked


def _refuse_days(starts_on: date, until: date) -> None:
    today = timezone.localdate()
    if not today <= starts_on <= today + AHEAD:
        sentence = _("Eine Vertretung beginnt frühestens heute und spätestens in zwei Jahren.")
        raise _at("starts_on", sentence, "days")
    if not starts_on <= until <= starts_on + AHEAD:
        raise _at("until", _("Der letzte Tag liegt nicht vor dem ersten, und höchstens zwei Jahre danach."), "days")


def _refuse_chains(municipality: Municipality, absent: User, deputy: User, starts_on: date, until: date) -> None:
    """One deputy at a time, and none who has one or for whom the absent person would stand in."""
    crossing = Deputyship.objects.filter(municipality=municipality).crossing(starts_on, until)
    if crossing.filter(absent=absent).exists():
        sentence = _("%(person)s hat in diesen Tagen schon eine Vertretung. Bitte sagen Sie sie zuerst ab.")
        raise _at("absent", sentence % {"person": absent}, "has_deputy")
    if crossing.filter(deputy=absent).exists():
        sentence = _("%(person)s vertritt in diesen Tagen selbst jemanden. Bitte regeln Sie das zuerst.")
        raise _at("absent", sentence % {"person": absent}, "is_deputy")
    if crossing.filter(absent=deputy).exists():
        sentence = _("%(person)s ist in diesen Tagen selbst abwesend. Bitte wählen Sie jemand anderen.")
        raise _at("deputy", sentence % {"person": deputy}, "is_absent")


def _tell(made: Deputyship) -> None:
    words = {
        "absent": made.absent,
        "deputy": made.deputy,
        "start": date_format(made.starts_on, "d.m.Y"),
        "until": date_format(made.until, "d.m.Y"),
        "reason": made.reason,
    }
    text = _(
        "Guten Tag %(name)s,\n\nvom %(start)s bis %(until)s vertritt %(deputy)s im OZG-Tracker %(absent)s (%(reason)s)"
        " und meldet den Stand an ihrer oder seiner Stelle. In der Historie steht dann, wer in "
        "wessen Vertretung gehandelt hat."
    )
    for person in (made.absent, made.deputy):
        if person.pk != made.by_id:
            send(person.email, _("Vertretung im OZG-Tracker"), text % (words | {"name": person}))


def _write(made: Deputyship, by: User, **told: object) -> None:
    journal.write(
        journal.Kind.HANDOVER,
        municipality=made.municipality,
        by=by,
        person=made.absent,
        about=str(made.absent),
        **told,  # type: ignore[arg-type]
    )


def _at(field: str, sentence: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(sentence, code)})

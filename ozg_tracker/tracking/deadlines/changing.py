"""Deadlines, each changed from a day on with an event that says all of it; the deadline itself shows today.

A day to come is allowed: nothing changes before it, `come_due` lets the deadline say it then, and until then it can be
called off. The figures of a month read the events, and so need no job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Bundle
from ozg_tracker.accounts import access, journal
from ozg_tracker.accounts.models import Deed, Department, Municipality, User
from ozg_tracker.tracking.models import Deadline, DeadlineEvent
from ozg_tracker.tracking.models.deadlines import DeadlineFacts
from ozg_tracker.tracking.reference import OZG_IN_FORCE

RECORDED = datetime(2017, 8, 18, tzinfo=UTC)  # of what a deadline said before its first change
AHEAD = timedelta(days=3 * 366)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """What a deadline says. `rows`: ids of rows of the municipality, for the scope that is a list, ascending."""

    name: str
    date: date
    source: str
    scope: str = Deadline.Scope.ALL
    department: Department | None = None
    bundles: Sequence[Bundle] = ()
    list_name: str = ""
    rows: Sequence[int] = ()

    @property
    def named(self) -> Sequence[int]:
        """The ids of the bundles or rows that the scope names."""
        return self.rows if self.scope == Deadline.Scope.LIST else [bundle.pk for bundle in self.bundles]


@transaction.atomic
def keep_deadline(
    facts: Facts,
    *,
    municipality: Municipality | None,
    deadline: Deadline | None = None,
    effective_on: date | None = None,
    reason: str = "",
    by: User | None,
) -> Deadline:
    """Set a new deadline, or change `deadline`, from a day on (default: today; earlier and later are possible).

    One that has ended and is set again under its name goes on, with its history. PermissionDenied for whom may not:
    those of the law (no municipality) are the operator's. ValidationError: `strange_day`, `no_department`,
    `no_bundles`, `no_list`, `name_taken`, `nothing_to_do`, or what the model refuses.
    """
    _refuse_others(municipality, by)
    refuse_nonsense(facts, municipality)
    day = _possible(effective_on)
    if deadline is None:
        deadline = Deadline.objects.filter(municipality=municipality, name=facts.name.strip(), ended=True).first()
    _refuse_taken(facts.name, municipality, deadline)
    if deadline is None:
        found = Deadline(municipality=municipality)
        _say(found, facts, ended=day > timezone.localdate())
        _write(found, facts, day, timezone.now(), reason, by, ended=False)
        _told(found, None, facts, day, reason, by)
        return found
    found = _locked(deadline)
    before = facts_on(found, day)
    if before == facts:
        raise ValidationError(_("An dieser Frist hat sich nichts geändert."), "nothing_to_do")
    _remember_the_first(found)
    _write(found, facts, day, timezone.now(), reason, by, ended=False)
    _show_today(found)
    _told(found, before, facts, day, reason, by)
    return found


@transaction.atomic
def keep_deadlines(
    municipality: Municipality,
    wishes: Sequence[tuple[Facts, Mapping[str, Any]]],
    *,
    by: User | None,
    dry_run: bool = False,
) -> int:
    """Set or change several, each found again by its name, all or none; returns how many that took.

    Each comes with `effective_on` and `reason`. A dry run does the same and takes it back. The ValidationErrors of
    `keep_deadline`; one that says nothing new is left as it is, and a name twice is `name_taken`.
    """
    names = [facts.name.strip() for facts, _when in wishes]
    if len(set(names)) < len(names):
        raise ValidationError({"name": ValidationError(_("Eine Frist steht zweimal in der Liste."), "name_taken")})
    today = timezone.localdate()
    known = {each.name: each for each in municipality.deadlines.all().standing_or_planned(today)}
    done = 0
    for (facts, when), name in zip(wishes, names, strict=True):
        found = known.get(name)
        if found is None or facts_on(found, when["effective_on"] or today) != facts:
            keep_deadline(facts, municipality=municipality, deadline=found, by=by, **when)
            done += 1
    transaction.set_rollback(dry_run)
    return done


@transaction.atomic
def end_deadline(
    deadline: Deadline, *, effective_on: date | None = None, reason: str = "", by: User | None
) -> Deadline:
    """From a day on the deadline holds no longer; the months before keep it."""
    _refuse_others(deadline.municipality, by)
    day = _possible(effective_on)
    found = _locked(deadline)
    facts = facts_on(found, day)
    if facts is None:
        raise ValidationError(_("Diese Frist ist schon beendet."), "nothing_to_do")
    _remember_the_first(found)
    _write(found, facts, day, timezone.now(), reason, by, ended=True)
    _show_today(found)
    _told(found, facts, None, day, reason, by)
    return found


def rewrite(
    deadline: Deadline, facts: Facts | None, day: date, *, reason: str, by: User | None, recorded_at: datetime
) -> None:
    """From `day` on the deadline says this, None: it holds no longer. For deeds that have asked whether `by` may."""
    found, before = _locked(deadline), facts_on(deadline, day)
    _remember_the_first(found)
    last = facts or before or facts_of(found)
    _write(found, last, day, recorded_at, reason, by, ended=facts is None)
    _show_today(found)
    _told(found, before, facts, day, reason, by)


@transaction.atomic
def call_off(event: DeadlineEvent, *, reason: str = "", by: User | None) -> None:
    """Let what is planned for a day to come not happen: from that day the deadline says what it says the day before.

    PermissionDenied for whom may not; ValidationError `not_planned` where the day has come, or where it is called off.
    """
    _refuse_others(event.municipality, by)
    found = _locked(event.deadline)
    if event not in planned(found):
        sentence = _("Dieser Tag ist schon gekommen, oder die Änderung ist schon abgesagt.")
        raise ValidationError(sentence, "not_planned")
    facts, day = facts_on(found, event.effective_on - ONE_DAY), event.effective_on
    said = None if event.ended else facts_of(event)
    _write(found, facts or facts_of(event), day, timezone.now(), reason, by, ended=facts is None)
    _show_today(found)
    _told(found, said, facts, day, reason, by)


def planned(deadline: Deadline) -> list[DeadlineEvent]:
    """What is planned for days to come, as known now, the first day first; without what leaves all as it was."""
    today = timezone.localdate()
    last: dict[date, DeadlineEvent] = {}
    for event in deadline.events.select_related("department", "by").order_by("effective_on", "pk"):
        last[max(event.effective_on, today)] = event
    before = last.pop(today, None)
    found = []
    for event in last.values():
        if event.ended != (before is None or before.ended) or (not event.ended and _differs(event, before)):
            found.append(event)
        before = event
    return found


def _differs(event: DeadlineEvent, before: DeadlineEvent | None) -> bool:
    return before is None or facts_of(event) != facts_of(before)


def come_due(municipality: Municipality, day: date) -> int:
    """Let each deadline say what was planned for a day that has come, those of the law too; says how many changed."""
    bound = Q(deadline__municipality=municipality) | Q(deadline__municipality=None)
    events = DeadlineEvent.objects.filter(bound, effective_on__lte=day, effective_on__gt=F("recorded_at__date"))
    changed = 0
    for deadline in Deadline.objects.filter(pk__in=events.values("deadline")).order_by("pk"):
        with transaction.atomic():
            changed += _show_today(_locked(deadline), day)
    return changed


def facts_of(said: DeadlineFacts) -> Facts:
    """What a deadline says today, or an event of it."""
    return Facts(
        said.name,
        said.date,
        said.source,
        said.scope,
        said.department,
        tuple(said.bundles.order_by("pk")),
        said.list_name,
        tuple(said.rows.order_by("pk").values_list("pk", flat=True)),
    )


def facts_on(deadline: Deadline, day: date) -> Facts | None:
    """What the deadline says on `day`, as known now; None: it does not hold then."""
    event = deadline.events.filter(effective_on__lte=day).select_related("department").first()
    if event is None:
        return None if deadline.events.exists() or deadline.ended else facts_of(deadline)
    return None if event.ended else facts_of(event)


def _refuse_others(municipality: Municipality | None, by: User | None) -> None:
    if by is None:
        return
    if municipality is None:
        if not access.operates(by):
            raise PermissionDenied(_("Fristen des Gesetzes pflegt der Betrieb."))
    elif not access.may(by, municipality, Deed.KEEP_DEADLINES):
        raise PermissionDenied(_("Eigene Fristen setzt die OZG-Koordination."))


def refuse_nonsense(facts: Facts, municipality: Municipality | None) -> None:
    """ValidationError by field where the scope lacks what it asks for."""
    scope = Deadline.Scope
    if facts.scope == scope.DEPARTMENT and (
        facts.department is None or municipality is None or facts.department.municipality_id != municipality.pk
    ):
        sentence = _("Bitte wählen Sie den Fachbereich, für den die Frist gilt.")
        raise ValidationError({"department": ValidationError(sentence, "no_department")})
    if facts.scope == scope.BUNDLES and not facts.bundles:
        sentence = _("Bitte nennen Sie die OZG-Leistungen, für die die Frist gilt.")
        raise ValidationError({"bundles": ValidationError(sentence, "no_bundles")})
    if facts.scope == scope.LIST and (municipality is None or not facts.rows or not facts.list_name.strip()):
        sentence = _("Bitte geben Sie der Liste einen Namen, und nennen Sie ihre Leistungen.")
        raise ValidationError({"services": ValidationError(sentence, "no_list")})


def _possible(day: date | None) -> date:
    today = timezone.localdate()
    day = day or today
    if not OZG_IN_FORCE <= day <= today + AHEAD:
        sentence = _("Eine Frist gilt ab einem Tag zwischen August 2017 und drei Jahren von heute.")
        raise ValidationError({"effective_on": ValidationError(sentence, "strange_day")})
    return day


def _refuse_taken(name: str, municipality: Municipality | None, deadline: Deadline | None) -> None:
    """A name that another deadline has, or is planned to have: then it could not come on its day."""
    others = Deadline.objects.filter(~Q(pk=deadline.pk) if deadline else Q(), municipality=municipality)
    later = Q(events__effective_on__gt=timezone.localdate(), events__name=name.strip())
    if others.filter(Q(name=name.strip()) | later).exists():
        sentence = _("Eine Frist mit diesem Namen gibt es schon.")
        raise ValidationError({"name": ValidationError(sentence, "name_taken")})


def _locked(deadline: Deadline) -> Deadline:
    return (
        Deadline.objects.select_for_update(of=("self",))
        .select_related("department", "municipality")
        .get(pk=deadline.pk)
    )


def _remember_the_first(deadline: Deadline) -> None:
    """What a deadline without events said: ever since, and known ever since."""
    if not deadline.events.exists():
        _write(deadline, facts_of(deadline), OZG_IN_FORCE, RECORDED, "", None, ended=deadline.ended)


def _write(
    deadline: Deadline, facts: Facts, day: date, recorded_at: datetime, reason: str, by: User | None, *, ended: bool
) -> None:
    event = DeadlineEvent(
        deadline=deadline,
        municipality_id=deadline.municipality_id,
        effective_on=day,
        recorded_at=recorded_at,
        by=by,
        reason=reason.strip(),
    )
    _say(event, facts, ended=ended)


def _show_today(deadline: Deadline, day: date | None = None) -> bool:
    """Let the deadline say what holds on `day` (default: today); says whether that changed it."""
    event = deadline.events.filter(effective_on__lte=day or timezone.localdate()).select_related("department").first()
    if event is None:
        event = deadline.events.select_related("department").earliest("effective_on", "-pk")
        event.ended = True  # it does not hold yet
    if (deadline.ended, facts_of(deadline)) == (event.ended, facts_of(event)):
        return False
    _say(deadline, facts_of(event), ended=event.ended)
    return True


def _say(said: DeadlineFacts, facts: Facts, *, ended: bool) -> None:
    said.name, said.date, said.source = facts.name.strip(), facts.date, facts.source.strip()
    said.scope, said.department, said.list_name = facts.scope, facts.department, facts.list_name.strip()
    said.ended = ended
    said.full_clean(exclude=["bundles", "rows"])
    said.save()
    said.bundles.set(facts.bundles)
    said.rows.set(facts.rows)


def _told(
    deadline: Deadline, before: Facts | None, after: Facts | None, day: date, reason: str, by: User | None
) -> None:
    journal.write(
        journal.Kind.DEADLINE,
        municipality=deadline.municipality,
        by=by,
        about=deadline.name,
        before=_words(before),
        after=_words(after) | {"effective_on": day.isoformat()},
        reason=reason,
    )


def _words(facts: Facts | None) -> dict[str, str]:
    if facts is None:
        return {}
    return {
        "name": facts.name,
        "date": facts.date.isoformat(),
        "source": facts.source,
        "scope": applies_to(facts),
    }


def applies_to(facts: Facts) -> str:
    """For what a deadline holds, in words."""
    scope = Deadline.Scope(facts.scope)
    if scope == Deadline.Scope.LIST:
        return _("Liste „%(name)s“: %(number)d Leistungen") % {"name": facts.list_name, "number": len(facts.rows)}
    named = facts.department.name if facts.department else ", ".join(str(each) for each in facts.bundles)
    return f"{scope.label}: {named}" if named else str(scope.label)

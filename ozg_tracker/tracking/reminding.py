"""What people are told of at work: planned dates and rounds, each stage of a day once; comments that name them, and
what is new in services they watch.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Deputyship, Membership, Municipality, Role, User, who_may
from ozg_tracker.accounts.reminder_choices import only_overdue
from ozg_tracker.accounts.reminding.rooms import CLAIM_HOLDS, Line, Room
from ozg_tracker.tracking.following.watching import all_watched
from ozg_tracker.tracking.models import Mention, MunicipalService, Round, WorkReminder
from ozg_tracker.tracking.rounds.opening import who_is_asked
from ozg_tracker.tracking.rounds.standing import standings
from ozg_tracker.tracking.rows.counting import PROMISED

AHEAD = 7  # days before the day; then on it, and from then on every week
ESCALATES = 14  # days after a planned date from which whoever leads the department hears of it too
KEPT_FOR = timedelta(days=366)  # a stage that has passed does not come again


class Due(NamedTuple):
    """Something a person is to be reminded of. `stage`: which letter of its due day it is."""

    person: int
    about: str
    due_on: date
    stage: str
    words: str

    @property
    def key(self) -> tuple[int, str, str, date]:
        return self.person, self.about, self.stage, self.due_on


class Work(Room):
    """Planned dates, rounds, comments and what is watched."""

    claims = WorkReminder

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self._found: dict[int, list[Due]] = {}

    def people(self, municipality: Municipality | None) -> Q:
        asked = [municipality] if municipality else Municipality.objects.all()
        return Q(pk__in={due.person for each in asked for due in self._due(each)})

    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        theirs = set(people)
        found = [(each, due) for each in municipalities for due in self._due(each) if due.person in theirs]
        if not found:
            return []
        told = _told({due.person for _each, due in found}, self.moment)
        strict = set(User.objects.filter(only_overdue(), pk__in=people).values_list("pk", flat=True))
        wanted = {
            due.key: (each, due)
            for each, due in sorted(found, key=lambda pair: (pair[1].due_on, pair[1].about))
            if due.key not in told and ("late" in due.stage or due.person not in strict)
        }
        claims = WorkReminder.objects.bulk_create(
            [
                WorkReminder(
                    municipality=each,
                    person_id=due.person,
                    about=due.about,
                    stage=due.stage,
                    due_on=due.due_on,
                    claimed_at=self.moment,
                )
                for each, due in wanted.values()
            ],
            update_conflicts=True,
            unique_fields=["person", "about", "stage", "due_on"],
            update_fields=["claimed_at", "failed_at"],
        )
        return [
            Line(due.person, claim.pk, due.words) for (_each, due), claim in zip(wanted.values(), claims, strict=True)
        ]

    def subject(self, count: int) -> str:
        return ngettext("Eine Aufgabe steht an", "%(count)d Aufgaben stehen an", count) % {"count": count}

    def opening(self) -> str:
        return _("bitte denken Sie an diese Aufgaben:")

    def closing(self) -> str:
        address = f"{settings.BASE_URL.rstrip('/')}/aufgaben/"
        return _("Alles, was auf Sie wartet, steht unter %(address)s.") % {"address": address}

    def _due(self, municipality: Municipality) -> list[Due]:
        """What is new to somebody; looked up once."""
        if municipality.pk not in self._found:
            found = [*_planned(municipality, self.today), *_rounds(municipality, self.today), *_said(municipality)]
            told = _told({due.person for due in found}, self.moment) if found else set()
            self._found[municipality.pk] = [due for due in found if due.key not in told]
        return self._found[municipality.pk]


def forget_old_reminders(municipality: Municipality, now: datetime) -> int:
    """Delete which letters went out more than a year ago; says how many."""
    gone, _kinds = WorkReminder.objects.filter(municipality=municipality, claimed_at__lt=now - KEPT_FOR).delete()
    return gone


def _told(people: set[int], moment: datetime) -> set[tuple[int, str, str, date]]:
    """What was said to them, or is being said now."""
    kept = WorkReminder.objects.filter(person__in=people)
    busy = kept.filter(Q(sent_at__isnull=False) | Q(failed_at=None, claimed_at__gt=moment - CLAIM_HOLDS))
    return set(busy.values_list("person", "about", "stage", "due_on"))


def _stage(due_on: date, today: date) -> str:
    """The letter that is due; "" for none yet. Those before it are past, and are not made up for."""
    days = (due_on - today).days
    if days > AHEAD:
        return ""
    if days >= 0:
        return "0" if days == 0 else str(AHEAD)
    return f"late{(-days - 1) // 7}"


def _planned(municipality: Municipality, today: date) -> Iterator[Due]:
    """Of the own services, and from two weeks on of those of the department one leads."""
    rows = MunicipalService.objects.filter(PROMISED, municipality=municipality, owner__isnull=False)
    leaders: dict[int, list[int]] | None = None
    asked: Mapping[int | None, int] = {}
    deputies: dict[int, int] | None = None
    for row in rows.filter(planned_on__lte=today + timedelta(days=AHEAD)).select_related("service", "owner"):
        due_on = row.planned_on
        if due_on is None or row.owner_id is None:
            continue
        words = _("– %(service)s, geplant bis %(day)s") % {"service": row.service.name, "day": f"{due_on:%d.%m.%Y}"}
        stage = _stage(due_on, today)
        yield Due(row.owner_id, f"row-{row.pk}", due_on, stage, words + _since(due_on, today))
        if deputies is None:
            deputies = dict(
                Deputyship.objects.on(today).filter(municipality=municipality).values_list("absent", "deputy")
            )
        if row.owner_id in deputies:
            told = _("%(line)s, in Vertretung für %(person)s")
            told %= {"line": words + _since(due_on, today), "person": row.owner}
            yield Due(deputies[row.owner_id], f"row-{row.pk}", due_on, f"for{stage}" if stage else "", told)
        if (today - due_on).days > ESCALATES:
            if leaders is None:
                leaders, asked = _leaders(municipality), who_is_asked(municipality)
            told = _("%(line)s, zuständig: %(person)s") % {"line": words + _since(due_on, today), "person": row.owner}
            for leader in leaders.get(asked.get(row.department_id, 0), ()):
                if leader != row.owner_id:
                    yield Due(leader, f"row-{row.pk}", due_on, f"lead{stage}", told)


def _rounds(municipality: Municipality, today: date) -> Iterator[Due]:
    """To who leads a department that has not handed in; where nobody does, to who leads the round."""
    rounds = list(Round.objects.running().filter(municipality=municipality).select_related("by", "municipality"))
    for running, told in zip(rounds, standings(rounds) if rounds else (), strict=True):
        stage = _stage(told.until, today)
        for unit in told.waiting if stage else ():
            sentence = _("– Runde „%(round)s“, %(department)s: %(open)d von %(total)d ohne Antwort, bis %(day)s")
            words = sentence % {
                "round": running.name,
                "department": unit.department or _("ohne Fachbereich"),
                "open": unit.open,
                "total": unit.total,
                "day": f"{told.until:%d.%m.%Y}",
            }
            for person in unit.leaders or [told.leader]:
                about = f"round-{running.pk}-{unit.key}"
                yield Due(person.pk, about, told.until, stage, words + _since(told.until, today))


def _said(municipality: Municipality) -> Iterator[Due]:
    """Each comment to whom it names, once; what others did with a service to who watches it, once a day."""
    seeing = Q(person__memberships__municipality=municipality, person__memberships__role__in=who_may(Deed.READ_ROWS))
    mentions = Mention.objects.filter(seeing).waiting(None, municipality)
    for each in mentions.select_related("comment__row__service", "comment__by"):
        said = each.comment
        words = _("– %(service)s, ein Kommentar von %(person)s nennt Sie")
        told = words % {"service": said.row.service.name, "person": said.by}
        yield Due(each.person_id, f"comment-{said.pk}", timezone.localdate(said.recorded_at), "0", told)
    for item in all_watched(municipality):
        if item.last_at:
            words = _("– %(service)s, von Ihnen beobachtet: %(news)s")
            told = words % {"service": item.watch.row.service.name, "news": item.words}
            about = f"watch-{item.watch.row_id}"
            yield Due(item.watch.person_id, about, timezone.localdate(item.last_at), "0", told)


def _since(due_on: date, today: date) -> str:
    days = (today - due_on).days
    if days <= 0:
        return ""
    return ngettext(", seit einem Tag überfällig", ", seit %(n)d Tagen überfällig", days) % {"n": days}


def _leaders(municipality: Municipality) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    leading = Membership.objects.filter(municipality=municipality, role=Role.MANAGER, user__is_active=True)
    for department, person in leading.filter(department__isnull=False).values_list("department", "user"):
        found[department or 0].append(person)
    return found

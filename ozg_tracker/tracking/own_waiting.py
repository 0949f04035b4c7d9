"""What of this room waits for a person: own planned dates, comments, rounds, what was left half done."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.calendar.entries import Entry
from ozg_tracker.accounts.models import Deed, Membership, User, who_may
from ozg_tracker.accounts.waiting import Waiting
from ozg_tracker.tracking.cases.weeks import counted_today
from ozg_tracker.tracking.following.watching import watched
from ozg_tracker.tracking.models import Mention, Merge, MunicipalService, OwnList, Round
from ozg_tracker.tracking.rounds.letters import address
from ozg_tracker.tracking.rounds.standing import Progress, Standing, standings
from ozg_tracker.tracking.rows.counting import PROMISED

SOON = timedelta(days=30)
MOST_ONE_BY_ONE = 5  # of watched services; more are told in one line
_WEEK_BEFORE = timedelta(days=6, hours=15)  # at nine in the morning, seven days before


def waiting(held: Membership) -> Iterator[Waiting]:
    """A constant number of queries."""
    if Deed.READ_ROWS not in held.deeds:
        return
    yield from planned(held, [held.user_id])
    yield from _said(held)
    for week in counted_today(held):
        here = reverse("counting_week", args=[week.pk])
        yield Waiting(
            str(week.department),
            _("Zählwochen"),
            _("Fälle zählen"),
            here,
            words=_("bis %(day)s") % {"day": f"{week.last_day:%d.%m.%Y}"},
        )
    running = _running([held.municipality_id])
    leads = running and held.department and Deed.ANSWER_ROUNDS in held.deeds
    tree = tree_ids(held.department) if leads and held.department else []
    for told in running:
        yield from _round(told, held, tree)
    for merge in Merge.objects.open_to(held).filter(by=held.user).in_short():
        number = ngettext("Eine Zeile wartet", "%(n)d Zeilen warten", merge.rows) % {"n": merge.rows}
        yield Waiting(merge.name, _("Abgleiche"), _("Weiterarbeiten"), reverse("merge", args=[merge.pk]), words=number)
    below = Q(rows__number__gt=F("head_row"), rows__outcome="open")
    for own in OwnList.objects.filter(municipality=held.municipality, by=held.user).annotate(left=Count("rows", below)):
        number = ngettext("Eine Zeile ist offen", "%(n)d Zeilen sind offen", own.left) % {"n": own.left}
        here = reverse("own_list", args=[own.pk])
        yield Waiting(own.name, _("Eigene Listen"), _("Weiterarbeiten"), here, words=number)


def entries(user: User) -> Iterator[Entry]:
    """The planned dates of the services a person is responsible for, and the days until which rounds ask; for the
    calendar.
    """
    here = user.memberships.filter(role__in=who_may(Deed.READ_ROWS))
    rows = MunicipalService.objects.filter(PROMISED, owner=user, municipality__in=here.values("municipality"))
    told_at = rows.annotate(told_at=Max("events__recorded_at"))
    for row in told_at.select_related("service").order_by("planned_on", "pk"):
        if row.planned_on:
            yield Entry(
                uid=f"leistung-{row.pk}-geplant",
                summary=_("Geplant: %(service)s") % {"service": row.service.name},
                starts=row.planned_on,
                changed_at=row.told_at,
                path=reverse("service", args=[row.pk]),
                sequence=row.version,
                reminds=_WEEK_BEFORE,
            )
    for told in _running(here.values("municipality")):
        for unit in told.waiting:
            if user in unit.leaders:
                yield Entry(
                    uid=f"runde-{told.round.pk}-{unit.key}",
                    summary=_("Antwort bis heute: Runde „%(round)s“") % {"round": told.round.name},
                    starts=told.until,
                    changed_at=told.steps[-1].recorded_at if told.steps else told.round.recorded_at,
                    path=address(told.round, unit),
                    sequence=len(told.steps),
                    reminds=_WEEK_BEFORE,
                )


def planned(held: Membership, people: Collection[int]) -> Iterator[Waiting]:
    """The planned dates of the services of which `people` (ids) are responsible; those of others with for whom. One
    query, or none.
    """
    if not people:
        return
    today = timezone.localdate()
    rows = MunicipalService.objects.filter(PROMISED, municipality=held.municipality, owner__in=people)
    related = rows.select_related("service") if people == [held.user_id] else rows.select_related("service", "owner")
    for row in related.filter(planned_on__lte=today + SOON).order_by("planned_on", "pk"):
        passed = row.planned_on is not None and row.planned_on < today
        deed = _("Melden, wie es steht") if passed else _("Ansehen")
        here = reverse("service", args=[row.pk])
        words = _("geplanter Termin")
        if row.owner_id != held.user_id:
            words = _("%(what)s, in Vertretung für %(person)s") % {"what": words, "person": row.owner}
        yield Waiting(row.service.name, _("Leistungen"), deed, here, row.planned_on, words)


def _said(held: Membership) -> Iterator[Waiting]:
    """Comments that name the person, and what is new in services the person watches."""
    mentions = Mention.objects.waiting(held.user, held.municipality).select_related("comment__row__service")
    for each in mentions.select_related("comment__by").order_by("pk"):
        words = _("%(person)s: „%(text)s“") % {
            "person": each.comment.by,
            "text": Truncator(each.comment.text).chars(120),
        }
        row, here = each.comment.row, reverse("service", args=[each.comment.row_id])
        yield Waiting(row.service.name, _("Kommentare"), _("Antworten"), f"{here}#kommentar", words=words)
    news = [each for each in watched(held.user, held.municipality) if each.new]
    if len(news) > MOST_ONE_BY_ONE:
        name = _("%(n)d beobachtete Leistungen") % {"n": len(news)}
        yield Waiting(name, _("Beobachtet"), _("Ansehen"), reverse("watched"), words=_("Neues von anderen"))
        return
    for item in news:
        row = item.watch.row
        yield Waiting(
            row.service.name, _("Beobachtet"), _("Ansehen"), reverse("service", args=[row.pk]), words=item.words
        )


def _running(municipalities: Any) -> list[Standing]:
    """How each round stands that runs in one of the municipalities (ids)."""
    running = Round.objects.running().filter(municipality__in=municipalities)
    return standings(list(running.select_related("by", "municipality")))


def _round(told: Standing, held: Membership, tree: list[int]) -> Iterator[Waiting]:
    """For who leads a department that is asked, its answers; for who leads the round, what is to be checked; for
    everybody, the own services without an answer.
    """
    asked, room = told.round, _("Runden")
    for unit in told.units:
        name, here = f"{asked.name}: {unit.department or _('ohne Fachbereich')}", address(asked, unit)
        if unit.waits and (unit.key in tree or held.user in unit.leaders):
            words = _("%(open)d von %(total)d Leistungen noch ohne Antwort") % {"open": unit.open, "total": unit.total}
            yield Waiting(name, room, _("Runde fortsetzen"), here, told.until, words)
        elif unit.waits and (own := sum(each.row.owner_id == held.user_id for each in unit.unanswered)):
            words = ngettext("Eine Ihrer Leistungen ohne Antwort", "%(n)d Ihrer Leistungen ohne Antwort", own)
            yield Waiting(name, room, _("Runde fortsetzen"), here, told.until, words % {"n": own})
        if unit.progress == Progress.HANDED_IN and told.leader.pk == held.user_id:
            yield Waiting(name, room, _("Antworten prüfen"), here, None, _("abgegeben"))

"""watch(): a person wants to hear of what others change in a row; what is new is counted from the history."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Municipality, User, who_may
from ozg_tracker.tracking.models import Comment, MunicipalService, StatusChange, Watch

MOST = 500
Did = tuple[datetime, int | None]  # when something was done, and by whom (id)


class Watched(NamedTuple):
    """A row somebody watches, how often others changed and commented it since it was looked at, and when last."""

    watch: Watch
    changes: int
    comments: int
    last_at: datetime | None

    @property
    def new(self) -> int:
        return self.changes + self.comments

    @property
    def words(self) -> str:
        """What is new, to read; "" for nothing."""
        changes = ngettext("eine Änderung", "%(n)d Änderungen", self.changes) % {"n": self.changes}
        comments = ngettext("ein Kommentar", "%(n)d Kommentare", self.comments) % {"n": self.comments}
        return ", ".join(words for words, n in ((changes, self.changes), (comments, self.comments)) if n)


def watch(row: MunicipalService, person: User) -> Watch:
    """From now on the person hears of the row. ValidationError `too_many` for more rows than anybody reads of."""
    own = Watch.objects.filter(person=person)
    if own.filter(row__municipality=row.municipality_id).exclude(row=row).count() >= MOST:
        sentence = _("Mehr als %(most)d Leistungen kann man nicht beobachten. Bitte beenden Sie zuerst eine.")
        raise ValidationError(sentence % {"most": MOST}, code="too_many")
    return Watch.objects.get_or_create(person=person, row=row, defaults={"seen_at": timezone.now()})[0]


def unwatch(row: MunicipalService, person: User) -> None:
    Watch.objects.filter(person=person, row=row).delete()


def news_of(row: MunicipalService, person: Any) -> Watched | None:
    """What is new in the row for the person; None: the person does not watch it. One query, three where it is."""
    own = Watch.objects.filter(person=person.pk, row=row)
    return next(iter(_told(own)), None)


def look_at(person: User, municipality: Municipality, until: datetime, row: int | None = None) -> int:
    """What was there until then is no news any more, of one row or of all that the person watches."""
    own = Watch.objects.filter(person=person, row__municipality=municipality, seen_at__lt=until)
    return (own if row is None else own.filter(row=row)).update(seen_at=until)


def watched(person: User, municipality: Municipality) -> list[Watched]:
    """All that the person watches there, what is new first, then by name; three queries."""
    found = _told(Watch.objects.filter(person=person, row__municipality=municipality))
    return sorted(found, key=lambda each: (not each.new, each.watch.row.service.name, each.watch.row_id))


def all_watched(municipality: Municipality) -> list[Watched]:
    """The same of everybody who may see the rows there; three queries."""
    return _told(Watch.objects.filter(row__municipality=municipality, person__in=_seeing(municipality)))


def _told(own: "QuerySet[Watch]") -> list[Watched]:
    here = list(own.select_related("row__service", "row__department", "row__level", "row__owner").order_by("pk"))
    if not here:
        return []
    within: dict[str, Any] = {
        "municipality__in": {each.row.municipality_id for each in here},
        "row__in": {each.row_id for each in here},
        "recorded_at__gt": min(each.seen_at for each in here),
    }
    changed = _by_row(StatusChange.objects.filter(**within))
    said = _by_row(Comment.objects.standing().filter(**within))
    return [_news(each, changed.get(each.row_id, ()), said.get(each.row_id, ())) for each in here]


def _news(each: Watch, changed: Iterable[Did], said: Iterable[Did]) -> Watched:
    """What one does oneself is no news; what happens by itself is."""
    changes = [at for at, by in changed if at > each.seen_at and by != each.person_id]
    comments = [at for at, by in said if at > each.seen_at and by != each.person_id]
    return Watched(each, len(changes), len(comments), max([*changes, *comments], default=None))


def _by_row(found: "QuerySet[Any]") -> dict[int, list[Did]]:
    by_row: dict[int, list[Did]] = defaultdict(list)
    for row, at, by in found.order_by().values_list("row", "recorded_at", "by"):
        by_row[row].append((at, by))
    return by_row


def _seeing(municipality: Municipality) -> "QuerySet[User]":
    return User.objects.filter(
        is_active=True, memberships__municipality=municipality, memberships__role__in=who_may(Deed.READ_ROWS)
    )


def forget(municipality: Municipality) -> int:
    """Watches of people who may not see the municipality's rows any more are deleted; says how many."""
    gone = Watch.objects.filter(row__municipality=municipality).exclude(person__in=_seeing(municipality))
    return gone.delete()[0]

"""No event is recorded, no month frozen and nothing deleted by a clock that is wrong: it could never be undone."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

AHEAD = timedelta(days=1)  # of the database's clock
BEHIND = timedelta(minutes=5)  # the newest event; the clocks of several servers differ by seconds
# The last event is the newest too, since no later one is written while the clock is behind it.
SQL = "CURRENT_TIMESTAMP, (SELECT recorded_at FROM tracking_statuschange ORDER BY id DESC LIMIT 1)"


class WrongClock(ValidationError):
    """The clock of this machine is wrong (`wrong_clock`); nothing was written."""

    def __init__(self, sentence: str, **moments: datetime) -> None:
        words = {name: date_format(timezone.localtime(moment), "d.m.Y, H:i") for name, moment in moments.items()}
        super().__init__(sentence % words, code="wrong_clock")


def refuse_wrong(now: datetime | None = None) -> None:
    """Raises WrongClock where `now` (default: this machine's clock) cannot be; one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SQL}")
        database, newest = cursor.fetchone()
    compare(database, newest, now)


def compare(database: datetime | str, newest: datetime | str | None, now: datetime | None = None) -> None:
    """The same, given what `SQL` has found."""
    moment, clock = now or timezone.now(), _aware(database)
    if moment > clock + AHEAD:
        sentence = _(
            "Die Uhr dieses Rechners geht vor: Sie zeigt %(now)s Uhr, die der Datenbank %(clock)s Uhr. Es wurde nichts "
            "geändert. Bitte stellen Sie die Uhr."
        )
        raise WrongClock(sentence, now=moment, clock=clock)
    if newest is not None and moment < _aware(newest) - BEHIND:
        sentence = _(
            "Die Uhr dieses Rechners zeigt %(now)s Uhr, die letzte Änderung wurde aber am %(newest)s Uhr erfasst. Es "
            "wurde nichts geändert. Bitte stellen Sie die Uhr. Stimmt sie, so ging sie damals vor: Dann hilft die "
            "Sicherung von davor."
        )
        raise WrongClock(sentence, now=moment, newest=_aware(newest))


def _aware(found: datetime | str) -> datetime:
    """SQLite gives instants as text or without an offset, in UTC."""
    moment = datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

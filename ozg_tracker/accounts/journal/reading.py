"""That a program was given data of people is an entry, as the page's download is: what, by whom, and when."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone, translation

from ozg_tracker.accounts.journal.writing import Kind, entry, way, write_all
from ozg_tracker.accounts.models import JournalEntry, Municipality, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ONE_READING = timedelta(minutes=10)


def tell_read(what: "StrOrPromise", municipalities: Iterable[int | None], *, by: User) -> None:
    """`by` was given rows about other people of the list `what`; `municipalities`: of which each is, by id.

    Who reads a list page after page reads it once: an entry stands for all that is read of it in `ONE_READING` from
    then on, so that most readings write nothing. No row, no entry; else one query, and two more where there is one.
    """
    given = set(municipalities)
    if not given:
        return
    with translation.override("de"):  # kept, so German, whoever asks
        about = str(what)
    lately = JournalEntry.objects.filter(by=by, recorded_at__gt=timezone.now() - ONE_READING)
    given -= set(lately.filter(kind=Kind.EXPORT, way=way.get(), about=about).values_list("municipality", flat=True))
    if not given:
        return
    found = Municipality.objects.in_bulk([pk for pk in given if pk is not None])
    write_all(
        entry(
            Kind.EXPORT,
            municipality=found[pk] if pk is not None else None,
            by=by,
            about=about,
            after={"form": "JSON"},
        )
        for pk in given
    )

"""That a program was given data of people is an entry, as the page's download is: what, and how many rows."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import translation

from ozg_tracker.accounts.journal.writing import Kind, entry, write_all
from ozg_tracker.accounts.models import Municipality, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def tell_read(what: "StrOrPromise", municipalities: Iterable[int | None], *, by: User) -> None:
    """`by` was given rows about other people of the list `what`; `municipalities`: of which each is, by id. No row, no
    entry; else two statements.
    """
    counted = Counter(municipalities)
    if not counted:
        return
    found = Municipality.objects.in_bulk([pk for pk in counted if pk is not None])
    with translation.override("de"):  # kept, so German, whoever asks
        about = str(what)
    write_all(
        entry(
            Kind.EXPORT,
            municipality=found[pk] if pk is not None else None,
            by=by,
            about=about,
            after={"form": "JSON", "rows": str(number)},
        )
        for pk, number in counted.items()
    )

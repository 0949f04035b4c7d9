"""Due and done by name as a workbook: what the page of the team shows, and that it was taken is in the journal."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Membership, Municipality, User
from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet
from ozg_tracker.training.models import Course, Standing, TrainingTask, TrainingTaskQuerySet


@transaction.atomic
def download_team(
    members: QuerySet[Membership],
    municipality: Municipality,
    form: str,
    *,
    by: User,
    today: date | None = None,
    course: Course | None = None,
) -> bytes:
    """The current rounds of these people, of all courses or one, a line each, as "xlsx" or "ods": nothing but what is
    due and what is done.
    """
    columns = ((_("Person"), 30), (_("Fachbereich"), 30), (_("Schulung"), 40), (_("Stand"), 16), (_("fällig am"), 14))
    theirs = TrainingTask.objects.filter(municipality=municipality, person__in=members.order_by().values("user"))
    if course is not None:
        theirs = theirs.filter(course=course)
    lines = _lines(members, theirs, today or timezone.localdate())
    made = spreadsheet([Table(_("Schulungen"), columns, lines)], form)
    facts = {"form": form, "rows": str(members.count())}
    journal.write(
        journal.Kind.EXPORT, municipality=municipality, by=by, about=_("Schulungen aller Personen"), after=facts
    )
    return made


def _lines(members: QuerySet[Membership], theirs: TrainingTaskQuerySet, day: date) -> Iterator[list[object]]:
    place = {each.user_id: (str(each.user), str(each.department or "")) for each in members}
    shown: Any = theirs.latest_rounds(day).with_standing(day).order_by("person__last_name", "person", "due_on", "pk")
    words = dict(Standing.choices)
    for person, course, standing, due_on in shown.values_list(
        "person", "course__title", "standing", "due_on"
    ).iterator():
        due = due_on if standing not in (Standing.DONE, Standing.SUSPENDED) else None
        yield [*place[person], course, str(words[standing]), due]

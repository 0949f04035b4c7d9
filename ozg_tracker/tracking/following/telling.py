"""What was said of a row, among what happened to it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from ozg_tracker.tracking.models import Comment, MunicipalService
from ozg_tracker.tracking.rows.storyline import Chapter


class Remark(NamedTuple):
    """A comment with the names of those it tells; its text only while it stands."""

    comment: Comment
    text: str
    named: list[str]
    withdrawal: Comment | None


def remarks_of(rows: Iterable[MunicipalService]) -> dict[int, list[Remark]]:
    """The comments of each row, by its id, the latest first; two queries."""
    found: dict[int, list[Remark]] = {}
    said = Comment.objects.remarks().filter(row__in=[row.pk for row in rows]).order_by("-pk")
    for remark in told_of(said):
        found.setdefault(remark.comment.row_id, []).append(remark)
    return found


def told_of(comments: QuerySet[Comment]) -> list[Remark]:
    """The comments as they can be shown; two queries."""
    found = list[Remark]()
    for each in comments.select_related("by", "withdrawn_by__by").prefetch_related("mentions__person"):
        withdrawal: Comment | None = getattr(each, "withdrawn_by", None)
        named = [str(mention.person) for mention in each.mentions.all()]
        found.append(Remark(each, "" if withdrawal else each.text, named, withdrawal))
    return found


def story(chapters: list[Chapter], remarks: list[Remark]) -> list[Chapter | Remark]:
    """Both together, the latest day first: an event by the day from which it holds, a comment by that of its saying."""
    return sorted([*chapters, *remarks], key=_when, reverse=True)


def _when(each: Chapter | Remark) -> tuple[date, datetime, int]:
    if isinstance(each, Remark):
        return timezone.localdate(each.comment.recorded_at), each.comment.recorded_at, 0
    return each.event.effective_on, each.event.recorded_at, each.event.pk

"""How a row is added to the chain of a municipality's editions, and how a draft gets its words."""

import logging
from typing import TYPE_CHECKING, Any

from django.db import transaction

from reports import canonical
from reports.editions.checklist import looked_at
from reports.editions.texts import texts_of, with_texts
from reports.editions.what_differs import what_differs
from reports.models import Edition, EditionText, Seal

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

log = logging.getLogger(__name__)
# what a row that stands for another takes over from it
_SAME = ("municipality", "month", "number", "known_at", "catalogue_import_id", "correction_reason", "object_until")


def store(figures: str, **fields: Any) -> Edition:
    """Add an edition with the canonical text `figures` to the end of its municipality's chain, and its seal."""
    chain = Edition.objects.filter(municipality=fields["municipality"]).order_by("-pk")
    edition = Edition.objects.create(
        figures=figures,
        sha256=canonical.digest(figures),
        previous_sha256=chain.values_list("sha256", flat=True).first() or "",
        **fields,
    )
    _seal(edition)
    return edition


def settled(edition: Edition, by: "User | None", *, submitted: bool = False) -> Edition:
    """The open `edition` with its texts and what was looked at in the figures: another row in its place, or itself.

    A draft without a word of its own that is not submitted was not looked at on the sheet, and stays as it is. What a
    correction changes is told anew, in the words that will be read. Within a transaction.
    """
    texts = texts_of(edition)
    if not texts and not submitted:
        return edition
    figures = with_texts(canonical.loads(edition.figures), texts, looked_at(edition))
    if figures == canonical.loads(edition.figures):
        return edition
    differences = edition.differences
    before = _before(edition)
    if before:
        differences = "\n".join(what_differs(canonical.loads(before.figures), figures))
    return in_its_place(edition, canonical.dumps(figures), by, differences=differences, drawn_from=edition)


def in_its_place(edition: Edition, figures: str, by: "User | None", **other: Any) -> Edition:
    """Drop `edition` and store `figures` under its number, in its state unless `other` says so, with its texts."""
    fields = {name: getattr(edition, name) for name in (*_SAME, "state", "differences")} | {"frozen_by": by} | other
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.DROPPED)
    made = store(figures, **fields)
    copy_texts(edition, made)
    return made


def copy_texts(source: Edition, to: Edition) -> None:
    """The same words for another row, with who wrote them and when."""
    EditionText.objects.bulk_create(
        EditionText(
            edition=to, kind=each.kind, about=each.about, text=each.text, by_id=each.by_id, recorded_at=each.recorded_at
        )
        for each in source.texts.all()
    )


def _before(edition: Edition) -> Edition | None:
    """The edition of the same month that this one corrects."""
    same = Edition.objects.standing().filter(municipality=edition.municipality, month=edition.month)
    return same.filter(number__lt=edition.number).order_by("-number").first()


def _seal(edition: Edition) -> None:
    """Keep its hash in two further places: beside the editions, and in the log, which is outside the database."""
    municipality = edition.municipality
    Seal.objects.create(
        municipality_id=municipality.pk,
        ars=municipality.ars,
        edition_id=edition.pk,
        month=edition.month,
        number=edition.number,
        sha256=edition.sha256,
    )
    words = (municipality.ars, edition.month, edition.number, edition.sha256)
    transaction.on_commit(lambda: log.info("Frozen: municipality %s, month %s, edition %s, SHA-256 %s", *words))

"""undo_import: writes the catalogue back as it stood before an import, as an import of its own.

Nothing is deleted: what the catalogue was after each import can still be told (`catalog.reading.as_known`), so a frozen
month stays what it is. What only the undone import brought is retired.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.bring_back import restore
from catalog.importing.database import lock
from catalog.models import CatalogueImport
from catalog.reasons import given

MANY = 3  # names that a refusal tells; a person needs an example, no list


@transaction.atomic
def undo_import(catalogue_import: CatalogueImport, *, by: Any, reason: str) -> CatalogueImport:
    """Take the import back; returns the import that did. Waits for whoever is changing the catalogue.

    ValidationError `reason_required` and `too_long`; `is_undo` and `undone` for what is none to take back (any more);
    `later_import` and `successions` where later work builds on it.
    """
    lock.hold()
    reason = given(reason, _("Bitte begründen Sie die Rücknahme."))
    refuse_if_built_on(catalogue_import)
    made = _record(catalogue_import, by, reason)
    figures = restore(catalogue_import, made, timezone.localdate())
    for name, number in figures.items():
        setattr(made, name, number)
    made.save(update_fields=list(figures))
    return made


def refuse_if_built_on(catalogue_import: CatalogueImport) -> None:
    """ValidationError for an import that cannot be taken back, with what to do instead."""
    if catalogue_import.undoes_id is not None:
        raise ValidationError(
            _("Eine Rücknahme lässt sich nicht zurücknehmen. Bitte laden Sie die Datei noch einmal."), code="is_undo"
        )
    if CatalogueImport.objects.filter(undoes=catalogue_import).exists():
        raise ValidationError(_("Dieser Stand ist schon zurückgenommen."), code="undone")
    later = CatalogueImport.objects.in_force().filter(pk__gt=catalogue_import.pk).select_related("release").first()
    if later is not None:
        raise ValidationError(
            _("Danach wurde „%(later)s“ übernommen. Bitte nehmen Sie zuerst diesen Stand zurück."),
            code="later_import",
            params={"later": later},
        )
    accepted = catalogue_import.successions.filter(accepted=True).select_related("new")
    if accepted:
        raise successions_build_on_it([each.new.name for each in accepted])


def successions_build_on_it(names: list[str]) -> ValidationError:
    """The refusal for an import whose successions have been confirmed."""
    return ValidationError(
        _(
            "Auf diesem Stand bauen bestätigte Nachfolgen auf (%(number)s: %(names)s). Bitte laden Sie statt der "
            "Rücknahme den richtigen Stand darüber."
        ),
        code="successions",
        params={"number": len(names), "names": some(names)},
    )


def some(names: list[str]) -> str:
    """The first few of `names`."""
    return ", ".join(names[:MANY]) + (" …" if len(names) > MANY else "")


def _record(undone: CatalogueImport, by: Any, reason: str) -> CatalogueImport:
    before = undone.before().first()
    return CatalogueImport.objects.create(
        release=before.release if before else undone.release,
        file_name=undone.file_name,
        sha256=undone.sha256,
        undoes=undone,
        reason=reason,
        applied_at=timezone.now(),
        by=by,
        rows=0,
    )

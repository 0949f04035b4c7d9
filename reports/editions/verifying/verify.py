"""verify_history: whether everything stored still agrees with everything else."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import MaturityModel
from catalog.told import Told, silent
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.training.completing.retention import deleted_until
from ozg_tracker.training.council.half_years import begin_of
from reports import canonical, signing
from reports.editions.texts import texts_of, with_texts
from reports.editions.verifying.rows import verify_rows
from reports.editions.verifying.tree import verify_tree
from reports.editions.what_differs import what_differs
from reports.figures.compute import compute
from reports.figures.take_up import UNKNOWN
from reports.models import Edition, EditionSignature, Seal

# What an edition of schema 1 holds that follows from events alone: its deadlines had no history when it was frozen.
_OF_SCHEMA_1 = ("totals", "rates", "by_topic", "by_department", "movement", "trend", "quality")
# The edition's own stamp, and words, which may be put better: names of the municipality and of levels, definitions.
_NO_FIGURES = frozenset({"schema", "known_at", "municipality", "level_names", "definitions", "comments", "checklist"})


def verify_history(told: Told = silent) -> dict[str, Any]:
    """Rows and departments against their events; editions against their hash, their chain, the seal of the last one and
    their recomputed figures.

    `{"rows", "events", "editions", "differences"}`: how many were looked at, and a
    `{"municipality", "what", "id", "message"}` per thing that does not agree.
    """
    found: list[dict[str, Any]] = []
    steps = Municipality.objects.count() + Edition.objects.count()
    looked_at = count()

    def tick(what: object) -> None:
        told(next(looked_at), steps, str(what))

    municipalities = list(Municipality.objects.order_by("pk"))
    for municipality in municipalities:
        found += [{"municipality": municipality.ars, **each} for each in _differences_of(municipality, tick)]
    found += _lost_municipalities([municipality.pk for municipality in municipalities])
    told(steps, steps)
    return {
        "rows": MunicipalService.objects.count(),
        "events": StatusChange.objects.count(),
        "editions": Edition.objects.count(),
        "differences": found,
    }


def in_words(found: dict[str, Any]) -> str:
    """What `verify_history` found, for people."""
    counted = _("%(rows)d Leistungen, %(events)d Änderungen und %(editions)d Ausgaben geprüft.") % found
    wrong = [f"– {each['municipality']}: {each['message']}" for each in found["differences"]]
    return "\n".join([counted, *wrong] if wrong else [counted, _("Alles stimmt überein.")])


def _differences_of(municipality: Municipality, tick: Callable[[object], None]) -> Iterator[dict[str, Any]]:
    tick(municipality)
    for row_id, message in verify_rows(municipality.pk):
        yield {"what": "row", "id": row_id, "message": message}
    for department_id, message in verify_tree(municipality.pk):
        yield {"what": "department", "id": department_id, "message": message}
    previous = ""
    for edition in _in_order(municipality):
        tick(edition)
        for message in (*_chain(edition, previous), *_figures(edition)):
            yield {"what": "edition", "id": edition.pk, "message": f"{edition}: {message}"}
        previous = edition.sha256
    for seal in _last_seals(municipality.pk):
        if seal.sha256 != previous:
            yield {"what": "edition", "id": seal.edition_id, "message": _missing(seal)}


def _last_seals(municipality_id: int) -> list[Seal]:
    """The seal of the edition that was frozen last, if any was."""
    return list(Seal.objects.filter(municipality_id=municipality_id).order_by("-pk")[:1])


def _lost_municipalities(known: list[int]) -> list[dict[str, Any]]:
    """What was frozen last for each municipality that is no longer there."""
    last = {seal.municipality_id: seal for seal in Seal.objects.exclude(municipality_id__in=known).order_by("pk")}
    return [
        {"municipality": seal.ars, "what": "edition", "id": seal.edition_id, "message": _missing(seal)}
        for seal in last.values()
    ]


def _missing(seal: Seal) -> str:
    sentence = _(
        "%(seal)s: Diese Ausgabe wurde zuletzt festgeschrieben (Prüfsumme %(sha256)s), aber sie steht nicht am Ende "
        "der Kette. Ausgaben fehlen oder wurden ausgetauscht; eine Sicherung hat sie noch."
    )
    return sentence % {"seal": seal, "sha256": seal.sha256}


def _in_order(municipality: Municipality) -> QuerySet[Edition]:
    return Edition.objects.filter(municipality=municipality).select_related("municipality").order_by("pk")


def _chain(edition: Edition, previous: str) -> Iterator[str]:
    if canonical.digest(edition.figures) != edition.sha256:
        yield _("Die Prüfsumme gehört nicht zu den festgeschriebenen Zahlen.")
    signed = EditionSignature.objects.filter(edition=edition).first()
    if signed and not signing.holds(signed.public_key, signed.signature, edition.figures):
        yield _("Die Unterschrift gehört nicht zu den festgeschriebenen Zahlen.")
    if edition.previous_sha256 != previous:
        yield _("Die Kette ist unterbrochen: Der Vorgänger ist ein anderer als bei der Festschreibung.")


def _figures(edition: Edition) -> Iterator[str]:
    """What the figures would be today, had nothing more become known since: every section that is a figure."""
    municipality = edition.municipality
    try:
        frozen = {"take_up": UNKNOWN, "asked": [], "goal": None, **canonical.loads(edition.figures)}
        # without a history of models, what the edition says: it may have been chosen before anything was rated
        known = municipality.maturity_model_since is not None and frozen["schema"] > 1
        model = None if known else MaturityModel.objects.get(version=frozen["maturity_model"])
        fresh = compute(municipality, edition.month, edition.known_at, model=model)
        if edition.drawn_from_id:
            fresh = with_texts(fresh, texts_of(edition), _seen(frozen))
        keys = _OF_SCHEMA_1 if frozen["schema"] == 1 else _figures_of(fresh, frozen, edition.month)
        kept = {key: frozen[key] for key in ("schema", *keys)}
    except (ValueError, KeyError, MaturityModel.DoesNotExist, ValidationError):
        yield _("Die festgeschriebenen Zahlen lassen sich nicht lesen oder nicht neu berechnen.")
        return
    if any(frozen.get(key, []) != fresh.get(key, []) for key in ("comments", "checklist")):
        yield _("Anmerkungen oder Befunde der Ausgabe sind nicht die, die zu ihr gespeichert sind.")
    for line in what_differs(kept, {key: fresh[key] for key in keys}):
        yield _("Neu berechnet wäre: %s") % line


def _seen(frozen: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What the checklist holds that is no figure of the month: of that day alone, and taken as it stands."""
    counted = {each["code"] for each in frozen["quality"]}
    listed = frozen.get("checklist")
    if listed is None:
        return None
    return [{"code": each["code"], "count": each["count"]} for each in listed if each["code"] not in counted]


def _figures_of(fresh: dict[str, Any], frozen: dict[str, Any], month: date) -> list[str]:
    """All but the trainings of a half-year of which something may have been deleted since, or that were counted by the
    rule before.
    """
    kept = "group_day" in frozen["training"] and begin_of(month) > deleted_until()
    return [key for key in fresh if key not in _NO_FIGURES and (kept or key != "training")]

"""The part of the plan that concerns OZG-Leistungen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from django.utils.translation import gettext as _

from catalog.importing.check import BundleDraft, Checked
from catalog.importing.database.stored import StoredBundle
from catalog.importing.outcome import Counts
from catalog.importing.problems import Problem
from catalog.importing.spelling import folded


@dataclass(frozen=True, slots=True)
class BundleTarget:
    """A bundle as it shall stand; `id` is None for a new one."""

    id: int | None
    ozg_id: str
    name: str
    topic: str
    situation: str

    @property
    def digest(self) -> str:
        return blake2b("\x1f".join((self.name, self.topic, self.situation)).encode(), digest_size=16).hexdigest()


@dataclass
class BundlePlan:
    new: list[BundleTarget] = field(default_factory=list)
    changed: list[BundleTarget] = field(default_factory=list)
    returned: list[BundleTarget] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)
    unchanged: int = 0

    @property
    def counts(self) -> Counts:
        return Counts(len(self.new), len(self.changed), self.unchanged, len(self.returned), len(self.retired))

    @property
    def known(self) -> list[BundleTarget]:
        """Those to be written anew that there were before."""
        return self.changed + self.returned


def plan_bundles(checked: Checked, stored: Mapping[str, StoredBundle], *, partial: bool) -> BundlePlan:
    """Sort the file's bundles by what is `stored`.

    A new one without name or place is a problem, and the rows that name it are left out; in a file that does not speak
    of all bundles it is a hint, and they are loaded without it.
    """
    plan = BundlePlan()
    for ozg_id, draft in list(checked.bundles.items()):
        known = stored.get(ozg_id)
        target = _target(ozg_id, draft, known)
        if not (target.name and target.topic and target.situation):
            leave_out = _leave_out if checked.speaks_of_bundles else _load_without
            leave_out(checked, ozg_id, draft, target)
        elif known is None:
            plan.new.append(target)
        elif not known.current:
            plan.returned.append(target)
        elif (target.name, target.topic, target.situation) != (known.name, known.topic, known.situation):
            plan.changed.append(target)
        else:
            plan.unchanged += 1
    if not partial and checked.speaks_of_bundles:
        named = checked.bundles.keys() | checked.skipped_bundles
        unnamed = (each for ozg_id, each in stored.items() if each.current and ozg_id not in named)
        plan.retired = [each.id for each in unnamed if folded(each.name) not in checked.skipped_bundles]
    return plan


def _target(ozg_id: str, draft: BundleDraft, known: StoredBundle | None) -> BundleTarget:
    if known is None:
        return BundleTarget(None, ozg_id, draft.name or "", draft.topic or "", draft.situation or "")
    place = (draft.topic, draft.situation) if draft.topic and draft.situation else (known.topic, known.situation)
    return BundleTarget(known.id, ozg_id, draft.name or known.name, *place)


def _leave_out(checked: Checked, ozg_id: str, draft: BundleDraft, target: BundleTarget) -> None:
    words = {"Name": target.name, "Themenfeld": target.topic, "Lage": target.situation}
    missing = ", ".join(word for word, said in words.items() if not said)
    checked.problems.append(
        Problem(
            "missing_name",
            _(
                "Zur neuen OZG-Leistung %(ozg_id)s fehlt: %(missing)s. Bitte in der Datei ergänzen. "
                "Bis dahin bleiben ihre Zeilen außen vor."
            )
            % {"ozg_id": ozg_id, "missing": missing},
            sheet=draft.sheet,
            row=draft.row,
            column=draft.column,
        )
    )
    del checked.bundles[ozg_id]
    for identity, service in list(checked.services.items()):
        if service.ozg_ids and ozg_id in service.ozg_ids:
            checked.skipped.add(identity)
            del service.ozg_ids[ozg_id]
            if not service.ozg_ids:
                del checked.services[identity]


def _load_without(checked: Checked, ozg_id: str, draft: BundleDraft, target: BundleTarget) -> None:
    checked.problems.append(
        Problem(
            "unknown_bundle",
            _(
                "Die OZG-Leistung %(ozg_id)s kennt der Katalog noch nicht, und diese Quelle nennt keine Lage. Die "
                "Leistungen werden ohne sie geladen; der nächste OZG-Umsetzungskatalog ordnet sie zu."
            )
            % {"ozg_id": ozg_id},
            "warning",
            draft.sheet,
            draft.row,
            draft.column,
        )
    )
    del checked.bundles[ozg_id]
    for service in checked.services.values():
        if service.ozg_ids and ozg_id in service.ozg_ids:
            del service.ozg_ids[ozg_id]
            service.ozg_ids = service.ozg_ids or None

"""Facts tracking cannot do without: deadlines of the law and scope profiles, from `fixtures/`, editable afterwards."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

OZG_IN_FORCE = date(2017, 8, 18)
FIXTURES: Path = settings.BASE_DIR / "fixtures"
# Which file of a profile speaks of what, and in which column.
_RULES = (
    ("types.csv", "Typ", "type_code"),
    ("bundles.csv", "OZG-ID", "ozg_id"),
    ("objects.csv", "Leistungsobjekt", "object_key"),
)


def load_reference(apps: Apps = installed, using: str = DEFAULT_DB_ALIAS) -> None:
    """Add the deadlines and profiles that are missing; what stands, an operator may have changed, stays."""
    with transaction.atomic(using=using):
        _load_deadlines(apps, using)
        _load_profiles(apps, using)


def load_after_migrate(using: str, apps: Apps = installed, **_signal: Any) -> None:
    """Receiver of post_migrate, so that a fresh database has them; nothing to do while the columns are not there."""
    try:
        apps.get_model("tracking", "ScopeProfile")._meta.get_field("shipped")
    except (LookupError, FieldDoesNotExist):
        return
    load_reference(apps, using)


def read_deadlines() -> list[dict[str, Any]]:
    """The deadlines of the law that hold for municipalities: name, date, scope, source."""
    found: list[dict[str, Any]] = tomllib.loads((FIXTURES / "deadlines.toml").read_text("utf-8"))["deadline"]
    return found


def read_lines(name: str) -> Iterator[dict[str, str]]:
    """The lines of a file of the scope profiles; lines that begin with # are for people."""
    with (FIXTURES / "scope" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")


def _load_deadlines(apps: Apps, using: str) -> None:
    """A deadline that comes with an update is known from now on: months frozen before did not know it."""
    deadlines = apps.get_model("tracking", "Deadline")._default_manager.using(using)
    events = apps.get_model("tracking", "DeadlineEvent")._default_manager.using(using)
    begun = apps.get_model("accounts", "Municipality")._default_manager.using(using).exists()
    for facts in read_deadlines():
        made, created = deadlines.get_or_create(municipality=None, name=facts["name"], defaults=facts)
        if created and begun:
            events.create(deadline=made, **facts, effective_on=OZG_IN_FORCE, recorded_at=timezone.now())


def _load_profiles(apps: Apps, using: str) -> None:
    """Add the shipped version of each profile where it is missing. A version that a person made stays in force."""
    profiles = apps.get_model("tracking", "ScopeProfile")._default_manager.using(using)
    rules = apps.get_model("tracking", "ScopeRule")._default_manager.using(using)
    facts = tomllib.loads((FIXTURES / "scope" / "profiles.toml").read_text("utf-8"))
    for kind, meaning in facts["profiles"].items():
        if profiles.filter(kind=kind, shipped=facts["version"]).exists():
            continue
        last = profiles.filter(kind=kind).order_by("-version").values_list("version", flat=True).first() or 0
        profile = profiles.create(kind=kind, version=last + 1, shipped=facts["version"], source=facts["source"])
        rules.bulk_create(
            rules.model(
                profile=profile,
                responsibility=meaning[line["Vollzug"]],
                reason=line["Begründung"],
                source=facts["rule_source"],
                **{field: line[column]},
            )
            for name, column, field in _RULES
            for line in read_lines(name)
        )
        profiles.filter(pk=profile.pk).update(complete=True)

"""Facts the catalogue cannot do without: service types and maturity models, from `fixtures/`, editable afterwards."""

import json
from datetime import date
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction

FIXTURES = settings.BASE_DIR / "fixtures"


def load_reference(apps: Apps = installed, using: str = DEFAULT_DB_ALIAS) -> None:
    """Add the service types and maturity models that are missing; what stands, an operator may have changed, stays."""
    with transaction.atomic(using=using):
        _load_types(apps, using)
        _load_models(apps, using)


def load_after_migrate(using: str, apps: Apps = installed, **_signal: Any) -> None:
    """Receiver of post_migrate, so that a fresh database has them; nothing to do while the tables are not there."""
    try:
        apps.get_model("catalog", "MaturityLevel")
    except LookupError:
        return
    load_reference(apps, using)


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FIXTURES / name).read_text("utf-8"))
    return found


def _load_types(apps: Apps, using: str) -> None:
    model = apps.get_model("catalog", "ServiceType")
    model._default_manager.using(using).bulk_create(
        [model(**facts) for facts in _read("service_types.json")], ignore_conflicts=True
    )


def _load_models(apps: Apps, using: str) -> None:
    models = apps.get_model("catalog", "MaturityModel")._default_manager.using(using)
    level = apps.get_model("catalog", "MaturityLevel")
    for facts in _read("maturity_models.json"):
        levels = facts.pop("levels")
        facts["valid_from"] = date.fromisoformat(facts["valid_from"])
        model, created = models.get_or_create(version=facts["version"], defaults=facts)
        if created:
            level._default_manager.using(using).bulk_create([level(model=model, **each) for each in levels])

"""refold(): what finds services without key again, written anew where the rule of spelling has changed."""

from typing import Any

from catalog.importing.spelling import IDENTITY, keyless_identity

_BESIDE = "\x1f"  # before the id of a service whose identity another one holds


def refold(apps: Any, _editor: Any) -> None:
    """For migrations: give each official service without key, and its earlier versions, the identity it has today.

    Of several that are one by it, the one in the catalogue keeps the place; of those the oldest. The others keep their
    own story: the next whole release finds the first alone and retires them. Safe to run twice.
    """
    service, version = (apps.get_model("catalog", name) for name in ("Service", "ServiceVersion"))
    keepers: dict[str, int] = {}
    keyless = service.objects.filter(official=True, key=None).only("pk", "identity", "retired_on")
    by_right = sorted(keyless, key=lambda each: (each.retired_on is not None, _BESIDE in each.identity, each.pk))
    new = [(each, _today(each.identity, each.pk, keepers)) for each in by_right]
    for each, identity in reversed(new):  # who makes room goes first
        _write(each, identity)
    versions = version.objects.filter(service__official=True, identity__contains=":").only("pk", "identity", "service")
    for each in versions.order_by("pk").iterator():
        _write(each, _today(each.identity, each.service_id, keepers))


def _today(identity: str, owner: int, keepers: dict[str, int]) -> str:
    ozg_id, _colon, name = identity.partition(_BESIDE)[0].partition(":")
    found = keyless_identity(ozg_id, name)
    return found if keepers.setdefault(found, owner) == owner else f"{found[: IDENTITY - 30]}{_BESIDE}{owner}"


def _write(each: Any, identity: str) -> None:
    if each.identity != identity:
        each.identity = identity
        each.save(update_fields=["identity"])

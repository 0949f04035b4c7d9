"""A municipality's own services: taken in, renamed, ended, and merged into an official one. Each with a reason that is
kept.

An own service counts like any other. It stands beside every release of the catalogue, so its facts begin with the first
one; from when it counts, its row's events say. Its earlier names are kept, and told as of a report's day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.keys import BadKey, key_of
from catalog.importing.spelling import same
from catalog.models import OWN_IDENTITY, Bundle, CatalogueImport, Service, ServiceBundle, Situation
from catalog.reasons import given
from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.tracking.models import (
    BY_THE_SYSTEM,
    MunicipalService,
    OwnBundle,
    OwnService,
    OwnServiceChange,
    Responsibility,
    Source,
    StatusChange,
)
from ozg_tracker.tracking.releases.succession import take_over
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rules import clean_text
from ozg_tracker.tracking.rows.status import Change, change_many

LONGEST = 500
Kind = OwnServiceChange.Kind


@dataclass(frozen=True)
class NewBundle:
    """A bundle of the municipality's own, by its name and the Lage it belongs to; one of that name is taken."""

    name: str
    situation: Situation | None


@transaction.atomic
def add_own_service(
    municipality: Municipality,
    name: str,
    bundle: Bundle | NewBundle,
    *,
    by: User | None,
    reason: str,
    department: Department | None = None,
    effective_on: date | None = None,
    file_key: str = "",
    source: Source = Source.PAGE,
) -> OwnService:
    """Take a service in that no catalogue names: ours, open and not rated, from `effective_on` (default: today) on.

    `file_key`: the key under which files of the municipality name it. ValidationError: `no_name`, `too_long`,
    `reason_required`, `exists`, `in_catalogue`, `unknown_bundle`, `no_bundle_name`, `invalid_key`, `no_catalogue`, and
    what the rules of a row refuse.
    """
    name, reason = _name(name), _reason(reason)
    locks.hold(municipality.pk)
    first = CatalogueImport.objects.order_by("pk").first()
    if first is None:
        raise ValidationError(_("Es ist noch kein Katalog geladen. Bitte laden Sie zuerst einen."), "no_catalogue")
    within = _bundle(municipality, bundle, first)
    _refuse_twice(municipality, name, within)
    key = _file_key(municipality, file_key)
    service = Service.objects.create(
        official=False, identity=f"{OWN_IDENTITY}{uuid4()}", name=name, countable=True, since=first, digest=""
    )
    ServiceBundle.objects.create(service=service, bundle=within, since=first)
    own = OwnService.objects.create(municipality=municipality, service=service, file_key=key)
    row = MunicipalService.objects.create(municipality=municipality, service=service, version=0)
    state = {"responsibility": Responsibility.MUNICIPALITY.value, "department": department}
    day = effective_on or timezone.localdate()
    change_many(municipality, [Change(row.pk, state, day, reason, 0)], by=by, source=source)
    _tell(own, Kind.ADDED, by, reason)
    return own


@transaction.atomic
def rename_own_service(own: OwnService, *, name: str, by: User | None, reason: str, file_key: str = "") -> None:
    """Another name, another key in files, or both. ValidationError as `add_own_service`, `ended`, `nothing_to_do`."""
    name, reason = _name(name), _reason(reason)
    locks.hold(own.municipality_id)
    _refuse_ended(own)
    key = _file_key(own.municipality, file_key, own)
    if (name, key) == (own.service.name, own.file_key):
        raise ValidationError(_("Name und Schlüssel sind schon so; es ist nichts zu ändern."), code="nothing_to_do")
    if name != own.service.name:
        _refuse_twice(own.municipality, name, own.service.bundles.get(), own)
    own.service.name, own.file_key = name, key
    own.service.save(update_fields=["name"])
    own.save(update_fields=["file_key"])
    _tell(own, Kind.RENAMED, by, reason)


@transaction.atomic
def end_own_service(own: OwnService, *, by: User | None, reason: str, source: Source = Source.PAGE) -> None:
    """From today on it is not offered; its history stays. ValidationError `ended`, `reason_required`."""
    reason = _reason(reason)
    locks.hold(own.municipality_id)
    _refuse_ended(own)
    _end(own, Kind.ENDED, by, reason, reason, source)


@transaction.atomic
def merge_own_service(
    own: OwnService, service: Service, *, by: User | None, reason: str, source: Source = Source.PAGE
) -> None:
    """Let the official `service` take over the whole state from today on, and end the own one the same day.

    Both keep their history and point to each other; frozen months stay as they are. ValidationError: `ended`,
    `reason_required`, `not_official` (no current, countable service of the catalogue), and `decided` where somebody
    has already worked on the official row, since nothing decided is overwritten.
    """
    reason = _reason(reason)
    locks.hold(own.municipality_id)
    _refuse_ended(own)
    if not (service.official and service.countable) or service.retired_on is not None:
        sentence = _("Zusammenführen lässt sich nur mit einer zählbaren Leistung, die heute im Katalog steht.")
        raise ValidationError(sentence, code="not_official")
    if why := decided(own.municipality, [service]):
        raise ValidationError(why[service.pk], code="decided")
    take_over(
        [(own.service_id, service.pk)],
        municipalities=[own.municipality_id],
        by=by,
        reason=reason,
        effective_on=timezone.localdate(),
    )
    own.merged_into = service
    own.save(update_fields=["merged_into"])
    named = f"{service.key} {service.name}" if service.key else service.name
    _end(own, Kind.MERGED, by, reason, f"Zusammengeführt mit {named}: {reason}", source)  # kept, so German


def decided(municipality: Municipality, services: Iterable[Service]) -> dict[int, str]:
    """Those of `services` that cannot take over in the municipality, by id, each with why and what to do; one query."""
    by_people = StatusChange.objects.filter(municipality=municipality, row=OuterRef("pk"))
    rows = MunicipalService.objects.filter(municipality=municipality, service__in=list(services))
    rows = rows.filter(~Q(responsibility=Responsibility.UNCLEAR) | Exists(by_people.exclude(source__in=BY_THE_SYSTEM)))
    return {row.service_id: _already(row) for row in rows.select_related("service")}


def _already(row: MunicipalService) -> str:
    return _(
        "„%(name)s“ ist schon entschieden (%(words)s), und Entschiedenes wird nicht überschrieben. Bitte tragen Sie "
        "dort den Stand ein und beenden Sie dann die eigene Leistung."
    ) % {"name": row.service.name, "words": row.get_responsibility_display()}


def parts_of_own_services(municipality: Municipality, events: Iterable[StatusChange]) -> dict[int, str]:
    """By event (id), why it cannot be taken back alone: it took an own service in, or ended it; others are left out.
    One query.
    """
    events = list(events)
    own = OwnService.objects.filter(
        municipality=municipality, service__municipal_services__in={event.row_id for event in events}
    )
    ended = dict(own.values_list("service__municipal_services", "service__retired_on"))
    sentence = _(
        "Damit ist eine eigene Leistung aufgenommen oder beendet worden; das geht nicht zurück. Beenden Sie sie unter "
        "„Eigene Leistungen“, oder nehmen Sie sie dort neu auf."
    )
    return {
        event.pk: sentence
        for event in events
        if event.row_id in ended and (event.version == 1 or _ends(event, ended[event.row_id]))
    }


def _ends(event: StatusChange, ended_on: date | None) -> bool:
    return event.responsibility == Responsibility.NOT_OFFERED and event.effective_on == ended_on


def names_known_at(municipality_id: int, known_at: datetime) -> dict[int, str]:
    """By row id, the names under which the municipality's own services were known at an instant; one query."""
    told = OwnServiceChange.objects.filter(own__municipality=municipality_id, recorded_at__lte=known_at)
    return dict(told.order_by("pk").values_list("own__service__municipal_services", "name"))


def _end(own: OwnService, kind: OwnServiceChange.Kind, by: User | None, reason: str, said: str, source: Source) -> None:
    """The row leaves what is ours by an event that says why; the service is retired as of today."""
    today = timezone.localdate()
    row = MunicipalService.objects.get(municipality=own.municipality_id, service=own.service_id)
    change = Change(row.pk, {"responsibility": Responsibility.NOT_OFFERED.value}, today, said)
    change_many(own.municipality, [change], by=by, source=source)
    own.service.retired_on, own.file_key = today, None
    own.service.save(update_fields=["retired_on"])
    own.save(update_fields=["file_key"])
    _tell(own, kind, by, reason)


def _tell(own: OwnService, kind: OwnServiceChange.Kind, by: User | None, reason: str) -> None:
    own.changes.create(kind=kind, name=own.service.name, recorded_at=timezone.now(), by=by, reason=reason)


def _name(text: str) -> str:
    name = " ".join(clean_text(text).split())
    if not name:
        raise ValidationError({"name": ValidationError(_("Bitte geben Sie der Leistung einen Namen."), "no_name")})
    if len(name) > LONGEST:
        sentence = _("Der Name hat höchstens %(most)d Zeichen.") % {"most": LONGEST}
        raise ValidationError({"name": ValidationError(sentence, "too_long")})
    return name


def _reason(text: str) -> str:
    try:
        return given(clean_text(text), _("Bitte geben Sie eine Begründung an; sie bleibt in der Geschichte."))
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error


def _file_key(municipality: Municipality, text: str, own: OwnService | None = None) -> str | None:
    """The key for files, as digits; refused where the catalogue has it or another own service of the municipality."""
    try:
        key = key_of(text)
    except BadKey as error:
        raise ValidationError({"file_key": ValidationError(str(error), "invalid_key")}) from error
    if key is None:
        return None
    if Service.objects.filter(key=key).exists() and (own is None or own.file_key != key):
        sentence = _("Dieser Schlüssel steht im Katalog. Bitte suchen Sie die Leistung dort.")
        raise ValidationError({"file_key": ValidationError(sentence, "in_catalogue")})
    named = OwnService.objects.filter(municipality=municipality, file_key=key).first()
    if named is not None and (own is None or named.pk != own.pk):
        sentence = _("Diesen Schlüssel nennt schon eine andere eigene Leistung.")
        raise ValidationError({"file_key": ValidationError(sentence, "exists")})
    return key


def _bundle(municipality: Municipality, bundle: Bundle | NewBundle, first: CatalogueImport) -> Bundle:
    """The official bundle or the municipality's own one that is meant; a new one is made."""
    owned = OwnBundle.objects.filter(municipality=municipality).select_related("bundle")
    if isinstance(bundle, Bundle):
        if bundle.retired_on is None and (bundle.ozg_id or owned.filter(bundle=bundle).exists()):
            return bundle
        sentence = _("Diese OZG-Leistung gibt es hier nicht oder nicht mehr.")
        raise ValidationError({"bundle": ValidationError(sentence, "unknown_bundle")})
    name = " ".join(clean_text(bundle.name).split())
    if not name or len(name) > LONGEST:
        sentence = _("Bitte geben Sie dem eigenen Bündel einen Namen mit höchstens %(most)d Zeichen.")
        raise ValidationError({"bundle_name": ValidationError(sentence % {"most": LONGEST}, "no_bundle_name")})
    standing = next((each.bundle for each in owned if same(each.bundle.name, name)), None)
    if standing is not None:
        return standing
    if bundle.situation is None:
        sentence = _("Bitte wählen Sie die Lage, zu der das neue Bündel gehört.")
        raise ValidationError({"situation": ValidationError(sentence, "no_situation")})
    made = Bundle.objects.create(ozg_id=None, name=name, situation=bundle.situation, since=first, digest="")
    OwnBundle.objects.create(municipality=municipality, bundle=made)
    return made


def _refuse_twice(municipality: Municipality, name: str, bundle: Bundle, own: OwnService | None = None) -> None:
    """A name stands once in a bundle, among the catalogue's services and the own ones: files find it by both."""
    stand = Service.objects.filter(links__bundle=bundle, links__until=None, retired_on=None)
    for service in stand.select_related("own"):
        theirs = getattr(service, "own", None)
        if not same(service.name, name) or (theirs and own and theirs.pk == own.pk):
            continue
        if service.official:
            sentence = _("Diese Leistung steht in „%(bundle)s“ schon im Katalog. Bitte führen Sie sie dort.")
            raise ValidationError({"name": ValidationError(sentence % {"bundle": bundle}, "in_catalogue")})
        if theirs and theirs.municipality_id == municipality.pk:
            sentence = _("In „%(bundle)s“ gibt es diese eigene Leistung schon.")
            raise ValidationError({"name": ValidationError(sentence % {"bundle": bundle}, "exists")})


def _refuse_ended(own: OwnService) -> None:
    if own.ended_on is not None:
        raise ValidationError(
            _("„%(name)s“ ist beendet. Ihre Geschichte bleibt, ändern lässt sie sich nicht mehr."),
            code="ended",
            params={"name": own.service.name},
        )

"""Taking a municipality in: itself, and a tracked row with its first event for every service it may owe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import MaturityModel
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, StatusChange, TrackedState
from ozg_tracker.tracking.reference import OZG_IN_FORCE
from ozg_tracker.tracking.responsibility.suggesting import LEFT_OUT, suggestions
from ozg_tracker.tracking.rows import clock

_MATURITY_MODEL = "1.1"  # in force when the records begin; an operator may choose another for the municipality


@dataclass(frozen=True)
class AddedMunicipality:
    """What was made: `rows` are tracked, of which `relevant` are suggested as the municipality's own."""

    municipality: Municipality
    rows: int
    relevant: int


@transaction.atomic
def add_municipality(
    *, ars: str, name: str, kind: str, since: date = OZG_IN_FORCE, by: User | None = None
) -> AddedMunicipality:
    """Add the municipality with a row for each countable service that the profile of its kind does not leave out.

    Left out is what the Land or the Bund alone carries out; it can be taken in later. The suggested responsibilities
    hold from `since`. ValidationError: `unknown_kind`, `in_the_future`, `exists`, `no_catalogue`, `no_profile`, and
    what the model refuses (`ars` without exactly twelve digits).
    """
    clock.refuse_wrong()
    today = timezone.localdate()
    if since > today:
        raise ValidationError(
            _("Der Tag %(day)s liegt in der Zukunft. Eine Kommune beginnt heute oder früher."),
            code="in_the_future",
            params={"day": date_format(since, "d.m.Y")},
        )
    suggested = suggestions(kind)
    municipality = _new_municipality(ars.replace(" ", ""), name, kind)
    if not suggested:
        raise ValidationError(
            _("Es ist noch kein Katalog geladen. Bitte zuerst „manage.py import_catalogue“, dann die Kommune anlegen."),
            code="no_catalogue",
        )
    kept = {service: value for service, value in suggested.items() if value not in LEFT_OUT}
    _add_rows(municipality, kept)
    _add_first_events(municipality, since, by)
    facts = {"name": municipality.name, "effective_on": str(since)}
    journal.write(journal.Kind.MUNICIPALITY, municipality=municipality, by=by, after=facts)
    return AddedMunicipality(municipality, len(kept), list(kept.values()).count(Responsibility.MUNICIPALITY))


def was_ever_rated(municipality: Municipality) -> bool:
    """Whether a level of the municipality's maturity model stands in its history: then the model cannot be changed."""
    return StatusChange.objects.filter(municipality=municipality, level__isnull=False).exists()


def _new_municipality(ars: str, name: str, kind: str) -> Municipality:
    held = Municipality.objects.filter(ars=ars).first()
    if held is not None:
        raise ValidationError(
            _("Den Regionalschlüssel %(ars)s hat schon „%(name)s“."),
            code="exists",
            params={"ars": ars, "name": held.name},
        )
    model = MaturityModel.objects.filter(version=_MATURITY_MODEL).first()
    if model is None:
        raise ValidationError(
            _("Das Reifegradmodell %(version)s fehlt; „manage.py migrate“ lädt es."),
            code="no_maturity_model",
            params={"version": _MATURITY_MODEL},
        )
    municipality = Municipality(ars=ars, name=name.strip(), kind=kind, maturity_model=model)
    municipality.full_clean()
    municipality.save()
    return municipality


_STATE = [field for field in TrackedState._meta.fields if field.name != "responsibility"]


def _add_rows(municipality: Municipality, responsibilities: Mapping[int, Responsibility]) -> None:
    """Write all rows with one statement; `bulk_create` on SQLite would need one per hundred."""
    blank = MunicipalService()
    columns = ["municipality_id", "service_id", "responsibility", "version", *(field.attname for field in _STATE)]
    values = [blank.version, *(field.get_db_prep_save(getattr(blank, field.attname), connection) for field in _STATE)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {MunicipalService._meta.db_table} ({', '.join(columns)})"  # noqa: S608 (our own names)
            f" VALUES ({', '.join(['%s'] * len(columns))})",
            [
                (municipality.pk, service, str(responsibility), *values)
                for service, responsibility in responsibilities.items()
            ],
        )


def _add_first_events(municipality: Municipality, since: date, by: User | None) -> None:
    """Write the first event of every row: its whole state, in one statement."""
    state = ", ".join(field.attname for field in TrackedState._meta.fields)
    now = StatusChange._meta.get_field("recorded_at").get_db_prep_save(timezone.now(), connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {StatusChange._meta.db_table}"  # noqa: S608 (our own names)
            f" (municipality_id, row_id, version, {state}, effective_on, recorded_at, by_id, reason, source)"
            f" SELECT municipality_id, id, version, {state}, %s, %s, %s, %s, %s"
            f" FROM {MunicipalService._meta.db_table} WHERE municipality_id = %s ORDER BY id",
            [
                since,
                now,
                by.pk if by else None,
                "Vorschlag des Zuständigkeitsprofils",  # kept, so German, whoever adds the municipality
                Source.SETUP.value,
                municipality.pk,
            ],
        )

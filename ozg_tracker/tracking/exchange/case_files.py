"""The file in which the cases of a year are filled in: a line a service, with what is known already."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalog.models import ServiceBundle
from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet
from ozg_tracker.tracking.cases.known import last_said
from ozg_tracker.tracking.exchange.export_status import delimited
from ozg_tracker.tracking.models import CaseCount, Channel, MunicipalService

COLUMNS = {
    "key": "Schlüssel",
    "ozg_id": "OZG-ID",
    "name": "Leistung",
    "year": "Jahr",
    "online": "Online",
    "counter": "Vor Ort",
    "post": "Post",
    "phone": "Telefon",
    "mail": "E-Mail",
}
_WIDTHS = (17, 9, 52, 8, *(12 for _channel in Channel.values))


def cases_as_file(rows: QuerySet[MunicipalService], year: int, form: str) -> bytes:
    """The rows by key, then name, with what is known of the year; `form`: "xlsx", "ods" or "csv". Two queries."""
    if form == "csv":
        return delimited(COLUMNS.values(), _lines(rows, year))
    columns = list(zip(COLUMNS.values(), _WIDTHS, strict=True))
    return spreadsheet([Table(_("Fälle"), columns, _lines(rows, year), named_by=3)], form)


def _lines(rows: QuerySet[MunicipalService], year: int) -> Iterator[list[object]]:
    links = ServiceBundle.objects.filter(service=OuterRef("service"), until=None).order_by("bundle__ozg_id")
    bundle = Subquery(links.values(place=Coalesce("bundle__ozg_id", "bundle__name"))[:1])
    said = last_said(CaseCount.objects.filter(row__in=rows.values("pk"), year=year))
    numbers = {(row, channel): number for row, channel, number in said.values_list("row", "channel", "number")}
    ordered = rows.annotate(ozg_id=bundle).order_by(F("service__key").asc(nulls_last=True), "service__name", "pk")
    for pk, key, own_key, ozg_id, name in ordered.values_list(
        "pk", "service__key", "service__own__file_key", "ozg_id", "service__name"
    ):
        known = (numbers.get((pk, channel)) for channel in Channel.values)
        yield [key or own_key or "", ozg_id or "", name, year, *known]

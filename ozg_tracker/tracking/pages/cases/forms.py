"""What is entered of the cases of a service in a year by channel, and what its page shows of them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ozg_tracker.tracking.cases.known import cases_of, last_said
from ozg_tracker.tracking.cases.recording import Number
from ozg_tracker.tracking.models import LONGEST_CASE_REASON, CaseCount, Channel, MunicipalService
from ozg_tracker.tracking.pages.row_forms import CountField

if TYPE_CHECKING:
    from django.http import QueryDict

YEARS_SHOWN = 3


class CasesForm(forms.Form):
    """The five numbers of a year as they stand; `seen` says which entry they are."""

    reason = forms.CharField(
        label=gettext_lazy("Begründung"),
        required=False,
        max_length=LONGEST_CASE_REASON,
        help_text=gettext_lazy("woher die Zahlen kommen, etwa aus dem Fachverfahren"),
        widget=forms.TextInput({"class": "ozg-in"}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = (*Channel.values, "reason", "seen")

    def __init__(self, stored: dict[str, CaseCount], data: "QueryDict | None" = None) -> None:
        numbers = {channel: said.number for channel, said in stored.items()}
        seen = max((said.pk for said in stored.values()), default=0)
        super().__init__(data, auto_id="id_f_%s", initial={**numbers, "seen": seen})
        for channel, label in Channel.choices:
            field = CountField(label=str(label)[:1].upper() + str(label)[1:], required=False)
            field.widget.attrs |= {"class": "ozg-in", "inputmode": "numeric", "autocomplete": "off"}
            self.fields[channel] = field
        self.order_fields(self.field_order)

    def numbers(self) -> dict[str, Number]:
        """What differs from what is stored."""
        return {name: Number(self.cleaned_data[name]) for name in Channel.values if name in self.changed_data}


def cases_context(row: MunicipalService, may: bool) -> dict[str, Any]:
    """What the page of the row shows: the last years, and the form of the year that is asked for first."""
    years = cases_of(row.pk)
    year = years[0][0] if years else timezone.localdate().year - 1
    form = CasesForm(stored_cases(row, year)) if may else None
    return {
        "channel_names": Channel.labels,
        "case_years": years[:YEARS_SHOWN],
        "case_year": year,
        "cases_form": form,
        **_differs(row, years),
    }


def _differs(row: MunicipalService, years: list[tuple[int, Any]]) -> dict[str, Any]:
    """The last year all of whose channels are known, where their sum is another than the row's own number."""
    last = next(((year, cases) for year, cases in years if cases.complete), None)
    if last is None or row.cases_per_year in (None, last[1].total):
        return {}
    return {"cases_differ": {"year": last[0], "total": last[1].total, "stated": row.cases_per_year}}


def stored_cases(row: MunicipalService, year: int) -> dict[str, CaseCount]:
    """What holds of the row in the year, by channel."""
    return {said.channel: said for said in last_said(CaseCount.objects.filter(row=row, year=year))}

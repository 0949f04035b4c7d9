"""Pages of a training rule: who needs a course by when, what that would change, and its end."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from catalog.models import Bundle, Service
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Department, Municipality, Role, User, who_may
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.query import read_query
from ozg_tracker.training.assigning.named import LONGEST_LIST, people_named, services_named
from ozg_tracker.training.assigning.preview import Preview, preview_end, preview_requirement
from ozg_tracker.training.assigning.requirements import end_requirement, put_requirement, refuse_empty
from ozg_tracker.training.assigning.rules import draft_rule, targets_of
from ozg_tracker.training.models import LONGEST_WITHIN, Course, Requirement

if TYPE_CHECKING:  # Django's form classes take a type only from the checker
    _RequirementForm = forms.ModelForm[Requirement]
else:
    _RequirementForm = forms.ModelForm

NAMED = 100  # people of a line of the preview, by name
_FIELD = {"class": "ozg-in"}
_read_or_write = require_http_methods(["GET", "HEAD", "POST"])


class RequirementForm(_RequirementForm):
    """Who needs the course its instance carries; every field that is filled narrows it."""

    due_within_days = forms.IntegerField(
        label=capfirst(gettext_lazy("zu erledigen binnen Tagen")),
        min_value=1,
        max_value=LONGEST_WITHIN,
        widget=forms.NumberInput(attrs=_FIELD),
    )
    starts_on = DayField(label=gettext_lazy("gilt ab"), initial=timezone.localdate)
    services = forms.CharField(
        label=gettext_lazy("Leistungen"),
        required=False,
        max_length=LONGEST_LIST,
        help_text=gettext_lazy("eine je Zeile: Schlüssel oder genauer Name; nur, wer für eine davon zuständig ist"),
        widget=forms.Textarea(attrs=_FIELD | {"rows": 3}),
    )
    bundle_id = forms.CharField(
        label=gettext_lazy("OZG-Bündel"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("die OZG-ID; nur, wer für eine Leistung daraus zuständig ist"),
        widget=forms.TextInput(attrs=_FIELD | {"inputmode": "numeric"}),
    )
    people = forms.CharField(
        label=gettext_lazy("Nur diese Personen"),
        required=False,
        max_length=LONGEST_LIST,
        help_text=gettext_lazy(
            "eine je Zeile: E-Mail-Adresse, Personalnummer, Benutzername oder voller Name; leer: alle"
        ),
        widget=forms.Textarea(attrs=_FIELD | {"rows": 3}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Grund"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("steht im Journal"),
        widget=forms.TextInput(attrs=_FIELD),
    )

    class Meta:
        model = Requirement
        fields = ("role", "department", "due_within_days", "starts_on", "days_before", "owners_only")
        widgets = {
            "role": forms.Select(attrs=_FIELD),
            "department": forms.Select(attrs=_FIELD),
            "days_before": forms.NumberInput(attrs=_FIELD | {"min": 0, "max": 365}),
            "owners_only": forms.CheckboxInput(attrs={"class": "ozg-check"}),
        }
        help_texts = {
            "days_before": gettext_lazy(
                "leer: kein Go-live. Sonst ist der Kurs so viele Tage vor dem geplanten Tag "
                "der Leistungen fällig und wandert mit ihm"
            ),
            "owners_only": gettext_lazy("sonst alle im Fachbereich der Leistung, mit dem, was darunter liegt"),
        }

    def __init__(self, municipality: Municipality, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.municipality = municipality
        roles = [("", _("alle")), *((role.value, role.label) for role in Role if role in who_may(Deed.LEARN))]
        cast("forms.ChoiceField", self.fields["role"]).choices = roles
        departments = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        standing = Department.objects.standing().filter(municipality=municipality)
        departments.queryset = standing | Department.objects.filter(pk=self.instance.department_id or 0)
        departments.empty_label = str(_("alle"))
        if self.instance.pk is not None:
            self.initial.update(_lists(self.instance))

    def clean_services(self) -> list[Service]:
        found = services_named(self.municipality, self.cleaned_data["services"])
        self.instance.service = found[0] if len(found) == 1 else None
        return found if len(found) > 1 else []

    def clean_bundle_id(self) -> str:
        ozg_id = str(self.cleaned_data["bundle_id"]).strip()
        self.instance.bundle = Bundle.objects.filter(ozg_id=ozg_id).first() if ozg_id else None
        if ozg_id and self.instance.bundle is None:
            raise forms.ValidationError(_("Ein Bündel mit dieser OZG-ID führt der Katalog nicht."))
        return ozg_id

    def clean_people(self) -> list[User]:
        return people_named(self.municipality, self.cleaned_data["people"])

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        asked = self.cleaned_data
        self.instance.named, self.instance.by_list = bool(asked.get("people")), bool(asked.get("services"))
        if {"services", "bundle_id", "days_before"} <= asked.keys():
            self.instance.days_before, self.instance.owners_only = asked["days_before"], asked["owners_only"]
            try:
                refuse_empty(asked["services"], self.instance)
            except ValidationError as error:
                self.add_error(None, error)
        return found

    def _get_validation_exclusions(self) -> set[str]:
        # Django checks a unique constraint only when it sees all its fields; these are not entered as they are
        seen = {"course", "service", "bundle", "named", "by_list", "ends_on"}
        return super()._get_validation_exclusions() - seen  # type: ignore[misc, no-any-return]

    @property
    def lists(self) -> tuple[list[User], list[Service]]:
        return self.cleaned_data["people"], self.cleaned_data["services"]


def _lists(requirement: Requirement) -> dict[str, Any]:
    services = [*requirement.services.all(), *([requirement.service] if requirement.service else [])]
    return {
        "people": "\n".join(requirement.people.order_by("username").values_list("username", flat=True)),
        "services": "\n".join(each.key or each.name for each in services),
        "bundle_id": requirement.bundle.ozg_id if requirement.bundle else "",
    }


class Line(NamedTuple):
    """Some of the people of a preview: how many, what becomes of them, and the first of them by name."""

    number: int
    words: str
    hint: str
    people: list[User]


@members_only(Deed.KEEP_COURSES)
@_read_or_write
def add(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """A new rule of a course: previewed first, kept when the preview was seen."""
    courses = Course.objects.editable_by(request.user).filter(municipality=request.municipality)
    course = get_object_or_404(courses, pk=pk)
    return _rule(request, Requirement(course=course, starts_on=timezone.localdate()))


@members_only(Deed.KEEP_COURSES)
@_read_or_write
def change(request: MunicipalityRequest, pk: int) -> HttpResponse:
    return _rule(request, get_object_or_404(_rules(request), pk=pk))


@members_only(Deed.KEEP_COURSES)
@_read_or_write
def end(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What the end of a rule would withdraw; and the end."""
    rule = get_object_or_404(_rules(request).select_related("course"), pk=pk)
    read_query(request.GET, ())
    if request.method == "POST":
        try:
            end_requirement(rule, request.POST.get("reason", "")[:300], by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Die Schulungspflicht ist beendet. Was erledigt ist, bleibt."))
        return redirect("course", rule.course_id)
    context = {"rule": rule, "gone": _line(preview_end(rule).gone, _("entfallen"), "")}
    return render(request, "training/rules/end_rule.html", context)


def _rule(request: MunicipalityRequest, rule: Requirement) -> HttpResponse:
    read_query(request.GET, ())
    course, municipality = rule.course, municipality_of(request)
    form = RequirementForm(municipality, _sent(request), instance=rule)
    found, targets = None, list[Any]()
    if form.is_valid():
        people, services = form.lists
        ids = [each.pk for each in people], [each.pk for each in services]
        found = preview_requirement(rule, *ids)
        try:
            if request.POST.get("mark") == found.mark:
                put_requirement(rule, people, services, by=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, _saved(found))
                return redirect("course", course.pk)
        except ValidationError as error:
            form.add_error(None, error)
            found = None
        if rule.days_before is not None:
            targets = _go_lives(municipality, rule, *ids)
    context = {
        "rule": rule,
        "course": course,
        "form": form,
        "preview": found,
        "lines": _lines(found) if found else [],
        "gone": _line(found.gone, _("entfallen"), "") if found else None,
        "go_lives": targets,
        "stale": found is not None and "mark" in request.POST,
    }
    return render(request, "training/rules/rule.html", context, status=400 if form.errors else 200)


def _go_lives(municipality: Municipality, rule: Requirement, people: Iterable[int], services: list[int]) -> list[Any]:
    """The services of a go-live with their planned day and the day that follows from it; those without one too."""
    asked = draft_rule(rule, people, services)
    targets = {each.row: each for each in targets_of(municipality, [asked], timezone.localdate())}
    rows = municipality.services.filter(service__in=asked.services).select_related("service").order_by("planned_on")
    return [(row, targets.get(row.pk)) for row in rows[:NAMED]]


def _lines(found: Preview) -> list[Line]:
    told = (
        (found.have, _("haben es schon"), _("nichts ändert sich")),
        (found.stay, _("bleiben offen, wie sie sind"), _("gleicher Fälligkeitstag")),
        (found.moved, _("bekommen einen anderen Fälligkeitstag"), _("früher, oder mit dem Go-live verschoben")),
        (found.new, _("werden neu fällig"), ""),
        (found.exempt, _("sind befreit"), _("zugewiesen wird, wenn die Befreiung endet")),
    )
    return [_line(*each) for each in told]


def _line(people: Iterable[int], words: str, hint: str) -> Line:
    ids = list(people)
    names = User.objects.filter(pk__in=ids).order_by("last_name", "username", "pk")[:NAMED] if ids else []
    return Line(len(ids), words, hint, list(names))


def _saved(found: Preview) -> str:
    sentence = _("Gespeichert: %(new)d neu zugewiesen, %(moved)d mit anderem Fälligkeitstag, %(gone)d entfallen.")
    return sentence % found.figures()


def _rules(request: MunicipalityRequest) -> Any:
    rules = Requirement.objects.editable_by(request.user).filter(course__municipality=request.municipality)
    return rules.filter(ends_on=None).told()


def _sent(request: MunicipalityRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None

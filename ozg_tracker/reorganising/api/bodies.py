"""What is sent to change departments."""

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from ozg_tracker.accounts.models.departments import LONGEST_NAME, LONGEST_REASON
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.reorganising.wishes import KINDS


class When(RequestBody):
    effective_on = DayInBody(required=False, help_text=gettext_lazy("gilt ab; ohne Angabe: heute"))
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_REASON, default="", help_text=gettext_lazy("Begründung")
    )


class NewDepartment(When):
    municipality = serializers.IntegerField()
    name = serializers.CharField(max_length=LONGEST_NAME)
    parent = serializers.IntegerField(required=False, allow_null=True)  # type: ignore[assignment]  # a field called so


class ChangedDepartment(When):
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    parent = serializers.IntegerField(required=False, allow_null=True)  # type: ignore[assignment]  # a field called so
    ended = serializers.BooleanField(required=False, help_text=gettext_lazy("true beendet den Fachbereich"))
    into = serializers.IntegerField(
        required=False, allow_null=True, help_text=gettext_lazy("wer beim Beenden alles übernimmt")
    )


class PartRequest(RequestBody):
    name = serializers.CharField(max_length=LONGEST_NAME)
    services = serializers.ListField(child=serializers.IntegerField(), default=list)
    people = serializers.ListField(child=serializers.CharField(), default=list, help_text=gettext_lazy("Benutzernamen"))
    rules = serializers.ListField(child=serializers.IntegerField(), default=list)


class ReorganiseRequest(When):
    municipality = serializers.IntegerField()
    kind = serializers.ChoiceField([kind.value for kind in KINDS])
    departments = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=1000)
    name = serializers.CharField(max_length=LONGEST_NAME, required=False, allow_blank=True, default="")
    parent = serializers.IntegerField(required=False, allow_null=True)  # type: ignore[assignment]  # a field called so
    into = serializers.IntegerField(required=False, allow_null=True)
    parts = PartRequest(many=True, required=False)
    staying = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        help_text=gettext_lazy("„id“ der Schulungspflichten, die nicht mitgehen"),
    )
    named = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        help_text=gettext_lazy("„id“ der Schulungspflichten, die nur für die bisherigen Personen weiter gelten"),
    )
    ending = serializers.ListField(
        child=serializers.IntegerField(), default=list, help_text=gettext_lazy("„id“ der Fristen, die enden")
    )
    listed = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        help_text=gettext_lazy("„id“ der Fristen, die als Liste für dieselben Leistungen weiter gelten"),
    )
    leads = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        help_text=gettext_lazy("Benutzernamen: wer umzieht und dort leitet"),
    )
    works = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        help_text=gettext_lazy("Benutzernamen: wer umzieht und dort nicht mehr leitet"),
    )
    dry_run = serializers.BooleanField(default=False)
    draft = serializers.BooleanField(default=False, help_text=gettext_lazy("nur als Entwurf sichern"))

"""How the lists of webhooks and of what was sent are narrowed."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import ChoiceFilter

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.webhooks.models import Delivery, State, Webhook


def _webhooks(request: HttpRequest) -> QuerySet[Webhook]:
    return Webhook.objects.visible_to(request.user)


class WebhookFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    state = ChoiceFilter(choices=State.choices)

    class Meta:
        model = Webhook
        fields: list[str] = []


class DeliveryFilter(FilterSet):
    webhook = VisibleChoiceFilter(visible=_webhooks)
    state = ChoiceFilter(choices=Delivery.State.choices)
    kind = ChoiceFilter(choices=Delivery.Kind.choices)

    class Meta:
        model = Delivery
        fields: list[str] = []

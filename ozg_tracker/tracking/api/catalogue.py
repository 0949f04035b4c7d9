"""The catalogue in the API as a municipality sees it: with its own services and bundles, and no other's."""

from django.db.models import Q, QuerySet

from catalog.api.catalogue import Bundles, Services
from catalog.models import Bundle, Service
from ozg_tracker.accounts.models import Deed, who_may
from ozg_tracker.tracking.models.visible import municipalities_of


class MunicipalityBundles(Bundles):
    """OZG-Leistungen (Leistungsbündel); ohne OZG-ID: ein eigenes Bündel Ihrer Kommune."""

    def get_queryset(self) -> QuerySet[Bundle]:
        mine = Q(own__municipality__in=municipalities_of(self.request.user, *who_may(Deed.READ_ROWS)))
        return Bundle.objects.filter(Q(ozg_id__isnull=False) | mine)


class MunicipalityServices(Services):
    """LeiKa-/FIM-Leistungen; „official“ ist falsch bei einer eigenen Leistung Ihrer Kommune."""

    def get_queryset(self) -> QuerySet[Service]:
        mine = Q(own__municipality__in=municipalities_of(self.request.user, *who_may(Deed.READ_ROWS)))
        return Service.objects.filter(Q(official=True) | mine)

"""The catalogue in the API as the people of a town see it: with the town's own services and bundles, and no other's."""

from django.db.models import Q, QuerySet

from catalog.api import Bundles, Services
from catalog.models import Bundle, Service
from ozg_tracker.tracking.querysets import READERS, towns_of


class TownBundles(Bundles):
    """OZG-Leistungen (Leistungsbündel); ohne OZG-ID: ein eigenes Bündel Ihrer Kommune."""

    def get_queryset(self) -> QuerySet[Bundle]:
        mine = Q(own__municipality__in=towns_of(self.request.user, *READERS))
        return Bundle.objects.filter(Q(ozg_id__isnull=False) | mine)


class TownServices(Services):
    """LeiKa-/FIM-Leistungen; „official“ ist falsch bei einer eigenen Leistung Ihrer Kommune."""

    def get_queryset(self) -> QuerySet[Service]:
        mine = Q(own__municipality__in=towns_of(self.request.user, *READERS))
        return Service.objects.filter(Q(official=True) | mine)

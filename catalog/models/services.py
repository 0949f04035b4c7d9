"""What the catalogue holds: Themenfeld → Lage → OZG-Leistungsbündel → LeiKa-Leistung, and what each was before."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.releases import CatalogueImport

OWN_IDENTITY = "own:"  # how the identity of a municipality's own service begins; no file of the catalogue can name it


class ServiceType(models.Model):
    """Typisierung: who makes the rule and who carries it out, code list urn:de:fim:leika:typisierung."""

    code = models.CharField(_("Typ"), max_length=8, primary_key=True)
    regulation = models.CharField(_("Regelung"), max_length=200, blank=True)
    execution = models.CharField(_("Vollzug"), max_length=200, blank=True)
    countable = models.BooleanField(_("zählbar"), help_text=_("Leistungen nur mit nicht zählbaren Typen zählen nicht."))
    source = models.CharField(_("Quelle"), max_length=300, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("Typisierung")
        verbose_name_plural = _("Typisierungen")

    def __str__(self) -> str:
        return self.code


LONGEST_TEXT = 4000  # characters of what people write: reasons, notes; every door reads it here


class Topic(models.Model):
    """Themenfeld, one of 14."""

    name = models.CharField(_("Themenfeld"), max_length=200, unique=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("Themenfeld")
        verbose_name_plural = _("Themenfelder")

    def __str__(self) -> str:
        return self.name


class Situation(models.Model):
    """Lebenslage or Geschäftslage, belongs to a topic."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="situations", verbose_name=_("Themenfeld"))
    name = models.CharField(_("Lage"), max_length=200)

    class Meta:
        ordering = ("name", "topic")
        verbose_name = _("Lage")
        verbose_name_plural = _("Lagen")
        constraints = [
            models.UniqueConstraint(
                fields=("topic", "name"),
                name="situation_once_per_topic",
                violation_error_message=_("Diese Lage gibt es im Themenfeld schon."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BundleFacts(models.Model):
    """What a release says of a bundle."""

    name = models.CharField(_("OZG-Leistung"), max_length=500)
    situation = models.ForeignKey(Situation, models.PROTECT, related_name="+", verbose_name=_("Lage"))
    retired_on = models.DateField(_("entfallen am"), null=True, blank=True)

    class Meta:
        abstract = True


class Bundle(BundleFacts):
    """OZG-Leistung (Leistungsbündel) with its five-digit OZG id. A bundle without one is a municipality's own."""

    ozg_id = models.CharField(_("OZG-ID"), max_length=5, unique=True, null=True)  # noqa: DJ001 (none is not "")
    since = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+", verbose_name=_("seit Import"))
    digest = models.CharField(max_length=32, editable=False)

    class Meta:
        ordering = ("ozg_id",)
        verbose_name = _("OZG-Leistung")
        verbose_name_plural = _("OZG-Leistungen")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="bundle_has_name",
                violation_error_message=_("Eine OZG-Leistung braucht einen Namen."),
            ),
            models.CheckConstraint(
                condition=Q(ozg_id__regex=r"^[0-9]{5}$"),
                name="ozg_id_has_five_digits",
                violation_error_message=_("Eine OZG-ID hat genau fünf Ziffern."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ozg_id} {self.name}" if self.ozg_id else self.name


class BundleVersion(BundleFacts):
    """The facts of a bundle that held from import `since` until import `until` replaced them."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="versions")
    since = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")
    until = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("bundle", "since")
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="bundle_version_ends_later")]

    def __str__(self) -> str:
        return self.name


class ServiceFacts(models.Model):
    """What a release says of a service.

    `types` holds the codes of the Typisierung in the order of the file, joined by ";" (an unknown code stays).
    `countable` is false for the types 6–12 alone and for a heading: a service object that has other services.
    """

    key = models.CharField(_("LeiKa-Schlüssel"), max_length=14, null=True, blank=True)  # noqa: DJ001 (none is not "")
    name = models.CharField(_("Leistung"), max_length=500)
    name2 = models.CharField(_("Leistungsbezeichnung II"), max_length=500, blank=True)
    types = models.CharField(_("Typisierung"), max_length=60, blank=True)
    legal_basis = models.TextField(_("Rechtsgrundlage"), blank=True)
    law = models.CharField(_("Gesetz"), max_length=500, blank=True)
    synonyms = models.TextField(_("Synonyme"), blank=True)
    sdg = models.CharField(_("SDG-Relevanz"), max_length=200, blank=True)
    countable = models.BooleanField(_("zählbar"))
    retired_on = models.DateField(_("entfallen am"), null=True, blank=True)

    class Meta:
        abstract = True


class Service(ServiceFacts):
    """LeiKa-/FIM-Leistung. `identity` finds it again: the key, else bundle and name.

    One that is not `official` is a municipality's own: no release names it, no import touches it, no page of the
    catalogue shows it. Whose it is, the tracker knows.
    """

    official = models.BooleanField(_("im amtlichen Katalog"), default=True, db_default=True, editable=False)
    identity = models.CharField(max_length=600, unique=True, editable=False)
    since = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+", verbose_name=_("seit Import"))
    digest = models.CharField(max_length=32, editable=False)
    bundles: "models.ManyToManyField[Bundle, ServiceBundle]" = models.ManyToManyField(
        Bundle, through="ServiceBundle", related_name="services", verbose_name=_("OZG-Leistungen")
    )

    class Meta:
        ordering = (F("key").asc(nulls_last=True), "name")
        verbose_name = _("Leistung")
        verbose_name_plural = _("Leistungen")
        constraints = [
            models.UniqueConstraint(
                fields=("key",), name="key_once", violation_error_message=_("Diesen Schlüssel gibt es schon.")
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="service_has_name",
                violation_error_message=_("Eine Leistung braucht einen Namen."),
            ),
            models.CheckConstraint(condition=Q(key=None) | Q(identity=F("key")), name="key_is_identity"),
            models.CheckConstraint(
                condition=Q(official=True) | Q(key=None, identity__startswith=OWN_IDENTITY),
                name="own_service_has_no_key",
                violation_error_message=_("Einen LeiKa-Schlüssel hat nur, was im amtlichen Katalog steht."),
            ),
            models.CheckConstraint(
                condition=Q(key=None) | Q(key__regex=r"^[0-9]{14}$"),
                name="key_has_fourteen_digits",
                violation_error_message=_("Ein LeiKa-Schlüssel hat genau 14 Ziffern."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceVersion(ServiceFacts):
    """The facts of a service, and its identity, that held from import `since` until import `until` replaced them."""

    identity = models.CharField(max_length=600, editable=False, default="")
    service = models.ForeignKey(Service, models.CASCADE, related_name="versions")
    since = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")
    until = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("service", "since")
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="service_version_ends_later")]

    def __str__(self) -> str:
        return self.name


class ServiceBundle(models.Model):
    """A service stands in a bundle, from import `since` until import `until` (none: still)."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="links")
    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="links")
    since = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")
    until = models.ForeignKey(CatalogueImport, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("bundle", "service")
        constraints = [
            models.UniqueConstraint(fields=("service", "bundle"), condition=Q(until=None), name="link_open_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="link_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.service} in {self.bundle}"

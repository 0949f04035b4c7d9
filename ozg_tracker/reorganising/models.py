"""What moves by a reorganisation and has no history of its own; and reorganisations that wait for their day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality, Reorganisation, User
from ozg_tracker.accounts.models.departments import LONGEST_REASON
from ozg_tracker.training.models import Requirement


class RuleMove(models.Model):
    """That a training rule went from one department to another by a reorganisation. Only ever added (triggers).

    The rule may be deleted later, by its course: then only its number stands here.
    """

    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="rule_moves")
    requirement = models.ForeignKey(
        Requirement, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("Schulungspflicht")
    )
    source = models.ForeignKey(Department, models.PROTECT, db_index=False, related_name="+", verbose_name=_("bisher"))
    target = models.ForeignKey(Department, models.PROTECT, db_index=False, related_name="+", verbose_name=_("künftig"))
    named = models.BooleanField(_("nur für die bisherigen Personen"), default=False)

    class Meta:
        verbose_name = _("Umzug einer Schulungspflicht")
        verbose_name_plural = _("Umzüge von Schulungspflichten")
        constraints = [models.UniqueConstraint(fields=("reorganisation", "requirement"), name="rule_moves_once")]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.source} → {self.target}"


class PlannedReorganisation(models.Model):
    """A reorganisation decided for a day to come. `wish`: what was entered (`ozg_tracker.reorganising.wishes`).

    It waits until it is done or called off; `trouble`: why it could not be done on its day, as a sentence. `draft`: it
    is not decided yet, and nothing happens by itself.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    kind = models.CharField(_("Art"), max_length=12, choices=Reorganisation.Kind)
    effective_on = models.DateField(_("gilt ab"))
    about = models.CharField(_("betrifft"), max_length=300)
    wish = models.JSONField(_("was geschehen soll"))
    reason = models.CharField(_("Grund"), max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("von"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    done = models.OneToOneField(
        Reorganisation, models.PROTECT, null=True, blank=True, related_name="planned", verbose_name=_("Umbau")
    )
    called_off_at = models.DateTimeField(_("abgesagt am"), null=True, blank=True)
    trouble = models.CharField(_("warum es nicht ging"), max_length=1000, blank=True)
    draft = models.BooleanField(_("Entwurf"), default=False)

    class Meta:
        ordering = ("effective_on", "id")
        verbose_name = _("vorgesehener Umbau")
        verbose_name_plural = _("vorgesehene Umbauten")
        constraints = [
            models.CheckConstraint(
                condition=Q(done=None) | Q(called_off_at=None),
                name="done_or_called_off",
                violation_error_message=_("Ein vorgesehener Umbau ist ausgeführt oder abgesagt, nicht beides."),
            ),
            models.CheckConstraint(
                condition=Q(draft=False) | Q(done=None, called_off_at=None),
                name="draft_is_not_decided",
                violation_error_message=_("Ein Entwurf ist weder ausgeführt noch abgesagt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ab {self.effective_on:%d.%m.%Y}: {self.about}"

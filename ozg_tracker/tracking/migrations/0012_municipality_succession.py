"""A municipality's own word on who takes whose place is called by the one word for a municipality."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tracking", "0011_longest_reasons")]

    operations = [
        migrations.RemoveConstraint("townsuccession", "succession_decided_once_per_town"),
        migrations.RemoveConstraint("townsuccession", "town_succession_has_reason"),
        migrations.RenameModel("TownSuccession", "MunicipalitySuccession"),
        migrations.AlterField(
            "municipalitysuccession",
            "succession",
            models.ForeignKey("catalog.succession", models.CASCADE, related_name="of_municipalities", verbose_name="Nachfolge"),
        ),
        migrations.AddConstraint(
            "municipalitysuccession",
            models.UniqueConstraint(
                fields=("succession", "municipality"),
                name="succession_decided_once_per_municipality",
                violation_error_message="Darüber hat die Kommune schon entschieden.",
            ),
        ),
        migrations.AddConstraint(
            "municipalitysuccession",
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="municipality_succession_has_reason",
                violation_error_message="Eine Entscheidung braucht eine Begründung.",
            ),
        ),
    ]

"""How long a reason and a note may be stands in the models. The columns stay as they are, and with them the triggers."""

from django.db import migrations, models

REASON = {"blank": True, "max_length": 4000, "verbose_name": "Begründung"}
NOTE = {"blank": True, "max_length": 4000, "verbose_name": "Bemerkung"}


class Migration(migrations.Migration):
    dependencies = [("tracking", "0009_catalogue_jobs")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("municipalservice", "note", models.TextField(**NOTE)),
                migrations.AlterField("statuschange", "note", models.TextField(**NOTE)),
                migrations.AlterField("statuschange", "reason", models.TextField(**REASON)),
            ]
        )
    ]

"""How long a reason may be stands in the models. The columns stay as they are, and with them the triggers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_seals")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("edition", "correction_reason", models.TextField(blank=True, max_length=1000, verbose_name="Grund der Berichtigung")),
            ]
        )
    ]

"""How long a reason may be stands in the models. The columns stay as they are, and with them the triggers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_returned_and_spelling")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("catalogueimport", "reason", models.TextField(blank=True, max_length=2000, verbose_name="Begründung")),
                migrations.AlterField("succession", "reason", models.TextField(blank=True, max_length=2000, verbose_name="Begründung")),
            ]
        )
    ]

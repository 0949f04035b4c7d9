"""How long a reason may be stands in the models. The columns stay as they are, and with them the triggers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0010_longest_texts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("ownservicechange", "reason", models.TextField(max_length=2000, verbose_name="Begründung")),
                migrations.AlterField("townsuccession", "reason", models.TextField(max_length=2000, verbose_name="Begründung")),
                migrations.AlterField("scopeprofile", "reason", models.TextField(blank=True, max_length=2000, verbose_name="Begründung")),
            ]
        )
    ]

"""The column is renamed where it stands: the table is not made anew, and keeps its triggers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_longest_correction")]

    operations = [migrations.RenameField("seal", "town_id", "municipality_id")]

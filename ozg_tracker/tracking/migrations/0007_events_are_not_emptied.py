"""What only grows cannot be emptied by one statement either; see `catalog.append_only`."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied


class Migration(migrations.Migration):
    dependencies = [("tracking", "0006_successions_of_towns")]
    operations = [
        cannot_be_emptied(
            "tracking_statuschange", "tracking_scopeprofile", "tracking_scoperule", "tracking_ownservicechange"
        )
    ]

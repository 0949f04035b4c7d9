from django.db import migrations

from catalog.importing.database.refold import refold


class Migration(migrations.Migration):
    """Identities again: "ß" is "SS", and there are more dashes and quotes."""

    dependencies = [
        ("catalog", "0005_longest_reasons"),
    ]

    operations = [
        migrations.RunPython(refold, migrations.RunPython.noop),
    ]

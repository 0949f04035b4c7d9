"""The table in which all workers count attempts to sign in (Django's cache in the database)."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", "ozg_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("ozg_tracker", "0004_what_holds_from_today")]

    operations = [
        migrations.RunPython(create, lambda apps, schema_editor: schema_editor.execute("DROP TABLE ozg_cache"))
    ]

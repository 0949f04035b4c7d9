from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0026_comments_are_kept")]

    operations = [
        migrations.AlterField(
            "merge",
            "origin",
            models.CharField(
                "Herkunft",
                choices=[
                    ("file", "Datei"),
                    ("paste", "Eingefügt"),
                    ("list", "Eigene Liste"),
                    ("grid", "Tabelle"),
                    ("api", "Schnittstelle"),
                ],
                max_length=5,
            ),
        )
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("tracking", "0027_merges_of_the_grid")]

    operations = [
        migrations.AddIndex(
            "comment",
            models.Index(fields=["municipality", "-recorded_at", "id", "withdraws"], name="comment_in_time"),
        ),
        migrations.AddIndex(
            "confirmation",
            models.Index(
                fields=["municipality", "-recorded_at", "row", "id", "withdraws"], name="confirmation_at_once"
            ),
        ),
    ]

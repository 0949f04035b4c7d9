"""The feed follows questions of the council and what became of them."""

from django.db import migrations

from ozg_tracker.feed.migrations._following import followed, through


class Migration(migrations.Migration):
    dependencies = [("feed", "0003_case_counts"), ("reports", "0011_questions_are_kept")]
    operations = [
        followed("council-question", "reports_councilquestion"),
        followed(
            "council-question-step",
            "reports_councilquestionstep",
            through("reports_councilquestion", "question_id"),
        ),
    ]

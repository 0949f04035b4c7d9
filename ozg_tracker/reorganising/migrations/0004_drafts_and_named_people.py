"""A reorganisation can be kept as a draft, and a training rule can go along for those alone who had it.

SQLite makes the table of moves anew for the column, and with that loses what protects it: it is protected again after.
"""

from importlib import import_module

from django.db import migrations, models

kept = import_module("ozg_tracker.reorganising.migrations.0002_moves_are_kept")


class Migration(migrations.Migration):

    dependencies = [
        ('reorganising', '0003_planned_reorganisations'),
    ]

    operations = [
        migrations.RunPython(kept.remove, kept.install),
        migrations.AddField(
            model_name='plannedreorganisation',
            name='draft',
            field=models.BooleanField(default=False, verbose_name='Entwurf'),
        ),
        migrations.AddField(
            model_name='rulemove',
            name='named',
            field=models.BooleanField(default=False, verbose_name='nur für die bisherigen Personen'),
        ),
        migrations.RunPython(kept.install, kept.remove),
        migrations.AddConstraint(
            model_name='plannedreorganisation',
            constraint=models.CheckConstraint(condition=models.Q(('draft', False), models.Q(('called_off_at', None), ('done', None)), _connector='OR'), name='draft_is_not_decided', violation_error_message='Ein Entwurf ist weder ausgeführt noch abgesagt.'),
        ),
    ]

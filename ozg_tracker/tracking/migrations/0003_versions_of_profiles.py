"""Each version of a profile says who made it, when and why; the one that came with the program, its number."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def tell_shipped(apps, schema_editor):
    """Until now there were only shipped profiles."""
    profiles = apps.get_model("tracking", "ScopeProfile")._default_manager
    profiles.update(shipped=models.F("version"), complete=True)


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0002_events_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='scopeprofile',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='von'),
        ),
        migrations.AddField(
            model_name='scopeprofile',
            name='complete',
            field=models.BooleanField(default=False, verbose_name='abgeschlossen'),
        ),
        migrations.AddField(
            model_name='scopeprofile',
            name='made_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='angelegt am'),
        ),
        migrations.AddField(
            model_name='scopeprofile',
            name='reason',
            field=models.TextField(blank=True, verbose_name='Begründung'),
        ),
        migrations.AddField(
            model_name='scopeprofile',
            name='shipped',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='mitgelieferte Fassung'),
        ),
        migrations.AddField(
            model_name='scoperule',
            name='source',
            field=models.CharField(default='eigene Annahme des OZG-Trackers, keine amtliche Quelle', max_length=300, verbose_name='Quelle'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='scopeprofile',
            name='version',
            field=models.PositiveIntegerField(default=1, verbose_name='Fassung'),
        ),
        migrations.RunPython(tell_shipped, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='scopeprofile',
            constraint=models.UniqueConstraint(fields=('kind', 'shipped'), name='profile_shipped_once'),
        ),
        migrations.AddConstraint(
            model_name='scopeprofile',
            constraint=models.CheckConstraint(condition=models.Q(('shipped__isnull', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='profile_has_reason', violation_error_message='Eine neue Fassung braucht eine Begründung.'),
        ),
        migrations.AddConstraint(
            model_name='scoperule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='rule_says_why', violation_error_message='Eine Regel nennt Begründung und Quelle.'),
        ),
    ]

"""An edition is reviewed and approved: its states, words, steps and the municipality's rules.

The triggers on editions go first, since SQLite rebuilds the table and PostgreSQL changes no column they ask; the next
migration brings them back, as the new states need them.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

kept = import_module("reports.migrations.0002_editions_are_kept")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('reports', '0005_seal_of_a_municipality'),
        ('tracking', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(kept.remove, kept.install),
        migrations.CreateModel(
            name='EditionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opened', 'zur Prüfung gegeben'), ('objected', 'Einwand'), ('content', 'keine Einwände'), ('answered', 'Einwand beantwortet'), ('submitted', 'zur Genehmigung vorgelegt'), ('returned', 'zurückgegeben'), ('approved', 'genehmigt'), ('dropped', 'verworfen'), ('renewed', 'neu berechnet'), ('telling', 'Nachricht an den Rat begonnen'), ('told', 'Nachricht an den Rat gesendet')], max_length=9, verbose_name='Art')),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
                ('text', models.TextField(blank=True, max_length=2000)),
            ],
            options={
                'verbose_name': 'Schritt einer Ausgabe',
                'verbose_name_plural': 'Schritte einer Ausgabe',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='EditionText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('comment', 'Anmerkung'), ('wording', 'Wortlaut einer Begründung'), ('finding', 'Warum ein Befund bleibt')], max_length=8, verbose_name='Art')),
                ('about', models.CharField(max_length=64)),
                ('text', models.TextField(max_length=2000)),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
            ],
            options={
                'verbose_name': 'Text zum Bericht',
                'verbose_name_plural': 'Texte zum Bericht',
                'ordering': ('kind', 'about'),
            },
        ),
        migrations.CreateModel(
            name='ReportRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('second_person', models.BooleanField(default=False, help_text='Wer einen Bericht vorlegt, kann ihn dann nicht selbst genehmigen.', verbose_name='Eine zweite Person genehmigt')),
            ],
            options={
                'verbose_name': 'Regeln der Berichte',
                'verbose_name_plural': 'Regeln der Berichte',
            },
        ),
        migrations.RemoveConstraint(
            model_name='edition',
            name='edition_once',
        ),
        migrations.AddField(
            model_name='edition',
            name='approver',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='edition',
            name='drawn_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.edition'),
        ),
        migrations.AddField(
            model_name='edition',
            name='object_until',
            field=models.DateField(blank=True, null=True, verbose_name='Einwände bis'),
        ),
        migrations.AddField(
            model_name='edition',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='leer: mit der Genehmigung', null=True, verbose_name='Veröffentlichen am'),
        ),
        migrations.AddField(
            model_name='edition',
            name='submitted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vorgelegt am'),
        ),
        migrations.AddField(
            model_name='edition',
            name='submitted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='edition',
            name='tells_council',
            field=models.BooleanField(default=False, verbose_name='Nachricht an den Rat'),
        ),
        migrations.AlterField(
            model_name='edition',
            name='state',
            field=models.CharField(choices=[('draft', 'Entwurf'), ('in_review', 'in Prüfung'), ('submitted', 'zur Genehmigung vorgelegt'), ('approved', 'genehmigt'), ('dropped', 'verworfen')], default='draft', max_length=9, verbose_name='Stand'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('municipality', 'month', 'number'), name='edition_once', violation_error_message='Diese Ausgabe gibt es schon.'),
        ),
        migrations.AddField(
            model_name='editionstep',
            name='answers',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='reports.editionstep'),
        ),
        migrations.AddField(
            model_name='editionstep',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='editionstep',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department'),
        ),
        migrations.AddField(
            model_name='editionstep',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='reports.edition'),
        ),
        migrations.AddField(
            model_name='editionstep',
            name='row',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='tracking.municipalservice'),
        ),
        migrations.AddField(
            model_name='editiontext',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='editiontext',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='reports.edition'),
        ),
        migrations.AddField(
            model_name='reportrules',
            name='municipality',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='report_rules', to='accounts.municipality'),
        ),
        migrations.AddConstraint(
            model_name='editionstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('objected', 'answered', 'returned')), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='edition_step_says_why'),
        ),
        migrations.AddConstraint(
            model_name='editionstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answers__isnull', False), ('kind', 'answered')), models.Q(models.Q(('kind', 'answered'), _negated=True), ('answers', None)), _connector='OR'), name='edition_answer_has_its_objection'),
        ),
        migrations.AddConstraint(
            model_name='editiontext',
            constraint=models.UniqueConstraint(fields=('edition', 'kind', 'about'), name='edition_text_once'),
        ),
        migrations.AddConstraint(
            model_name='editiontext',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='edition_text_says_something'),
        ),
    ]

"""Rounds, the days that end them, and events for every deed on a training task."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_addresses_are_confirmed'),
        ('training', '0002_suspension_reason'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TrainingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assigned', 'zugewiesen'), ('moved', 'neuer Fälligkeitstag'), ('withdrawn', 'zurückgezogen'), ('out_of_scope', 'zurückgezogen, weil die Pflicht nicht mehr gilt'), ('suspended', 'ausgesetzt'), ('resumed', 'wieder aufgenommen'), ('completed', 'erledigt gemeldet'), ('corrected', 'Erledigung berichtigt'), ('taken_back', 'Erledigung zurückgenommen'), ('confirmed', 'Nachweis bestätigt'), ('rejected', 'Nachweis zurückgewiesen')], max_length=12, verbose_name='Art')),
                ('effective_on', models.DateField(verbose_name='gilt ab')),
                ('recorded_at', models.DateTimeField(verbose_name='eingetragen am')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='Grund')),
                ('due_on', models.DateField(verbose_name='fällig am')),
                ('completed_on', models.DateField(null=True, verbose_name='erledigt am')),
                ('withdrawn_on', models.DateField(null=True, verbose_name='zurückgezogen am')),
                ('suspended_until', models.DateField(null=True, verbose_name='ausgesetzt bis')),
            ],
            options={
                'verbose_name': 'Ereignis einer Schulungsaufgabe',
                'verbose_name_plural': 'Ereignisse der Schulungsaufgaben',
                'ordering': ('id',),
            },
        ),
        migrations.AlterModelOptions(
            name='completion',
            options={'ordering': ('-recorded_at', '-id'), 'verbose_name': 'Erledigung', 'verbose_name_plural': 'Erledigungen'},
        ),
        migrations.AddField(
            model_name='completion',
            name='confirmed_on',
            field=models.DateField(blank=True, null=True, verbose_name='bestätigt am'),
        ),
        migrations.AddField(
            model_name='course',
            name='equivalents',
            field=models.ManyToManyField(blank=True, related_name='counted_by', to='training.course', verbose_name='Wird anerkannt'),
        ),
        migrations.AddField(
            model_name='course',
            name='fixed_day',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='fester Tag: Tag'),
        ),
        migrations.AddField(
            model_name='course',
            name='fixed_month',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='fester Tag: Monat'),
        ),
        migrations.AddField(
            model_name='course',
            name='prerequisites',
            field=models.ManyToManyField(blank=True, related_name='needed_by', to='training.course', verbose_name='Voraussetzung'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='completed_on',
            field=models.DateField(blank=True, null=True, verbose_name='erledigt am'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='due_within_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='zu erledigen binnen Tagen'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='rejection',
            field=models.CharField(blank=True, max_length=300, verbose_name='Nachweis zurückgewiesen, weil'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='renews_on',
            field=models.DateField(blank=True, null=True, verbose_name='wieder fällig am'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='Runde'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='rule',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='training.requirement', verbose_name='Schulungspflicht'),
        ),
        migrations.AddField(
            model_name='trainingtask',
            name='withdrawn_on',
            field=models.DateField(blank=True, null=True, verbose_name='zurückgezogen am'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fixed_day', None), ('fixed_month', None)), models.Q(('fixed_day__gte', 1), ('fixed_day__lte', 31), ('fixed_month__gte', 1), ('fixed_month__lte', 12)), _connector='OR'), name='fixed_day_of_a_year', violation_error_message='Ein fester Tag hat Tag und Monat, zum Beispiel 31 und 12.'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('fixed_month', None), ('interval_months__gte', 12), _connector='OR'), name='fixed_day_each_year', violation_error_message='An einem festen Tag wird frühestens nach 12 Monaten wiederholt.'),
        ),
        migrations.AddField(
            model_name='trainingevent',
            name='by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='von'),
        ),
        migrations.AddField(
            model_name='trainingevent',
            name='municipality',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality'),
        ),
        migrations.AddField(
            model_name='trainingevent',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='training.trainingtask', verbose_name='Schulungsaufgabe'),
        ),
    ]

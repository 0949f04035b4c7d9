"""A step more: departments that have not answered were reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('reports', '0007_reviews_are_kept'),
    ]

    operations = [
        migrations.AlterField(
            model_name='editionstep',
            name='kind',
            field=models.CharField(choices=[('opened', 'zur Prüfung gegeben'), ('objected', 'Einwand'), ('content', 'keine Einwände'), ('answered', 'Einwand beantwortet'), ('submitted', 'zur Genehmigung vorgelegt'), ('returned', 'zurückgegeben'), ('approved', 'genehmigt'), ('dropped', 'verworfen'), ('renewed', 'neu berechnet'), ('reminded', 'an die Antwort erinnert'), ('telling', 'Nachricht an den Rat begonnen'), ('told', 'Nachricht an den Rat gesendet')], max_length=9, verbose_name='Art'),
        ),
    ]

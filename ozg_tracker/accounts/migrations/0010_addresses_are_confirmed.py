"""Addresses that were in use before addresses had to be confirmed count as confirmed: links for a new password went
there. Of two people with the same one, whoever came first keeps it.
"""

from django.db import migrations


def confirm(apps, schema_editor):
    User, EmailAddress = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    known = {email.lower() for email in EmailAddress.objects.filter(verified=True).values_list("email", flat=True)}
    made = []
    for pk, email in User.objects.exclude(email="").order_by("pk").values_list("pk", "email"):
        if email.lower() not in known:
            known.add(email.lower())
            made.append(EmailAddress(user_id=pk, email=email, verified=True, primary=True))
    EmailAddress.objects.filter(user__in=[each.user_id for each in made]).delete()
    EmailAddress.objects.bulk_create(made, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_first_membership_events"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]

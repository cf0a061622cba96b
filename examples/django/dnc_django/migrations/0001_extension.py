from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        # The owner of the database may create the extension; a superuser is not needed. Going back keeps it: DROP
        # EXTENSION would delete the opt-outs, which people gave to the company and not to this application.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS dnc", migrations.RunSQL.noop),
    ]

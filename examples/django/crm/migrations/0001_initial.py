from django.conf import settings
from django.db import migrations, models

import dnc_django.fields

def key():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def foreign_key(to, on_delete):
    return models.ForeignKey(to, on_delete, blank=True, null=True)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # It creates the type of crm_queuedcall.phone.
        ("dnc_django", "0001_extension"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "Country",
            [
                ("id", key()),
                ("iso2", models.CharField("ISO 3166-1 code", max_length=2, unique=True)),
                ("name", models.CharField(max_length=100)),
            ],
            {"verbose_name_plural": "countries"},
        ),
        migrations.CreateModel(
            "Company",
            [
                ("id", key()),
                ("country", foreign_key("crm.country", models.PROTECT)),
                ("phone", models.CharField(blank=True, max_length=100)),
                ("phone_status", models.TextField(default="", editable=False)),
                ("name", models.CharField(max_length=200)),
            ],
            {"verbose_name_plural": "companies"},
        ),
        migrations.CreateModel(
            "Contact",
            [
                ("id", key()),
                ("country", foreign_key("crm.country", models.PROTECT)),
                ("phone", models.CharField(blank=True, max_length=100)),
                ("phone_status", models.TextField(default="", editable=False)),
                ("name", models.CharField(max_length=200)),
                ("company", foreign_key("crm.company", models.SET_NULL)),
                ("owner", foreign_key(settings.AUTH_USER_MODEL, models.SET_NULL)),
                ("mobile", models.CharField(blank=True, max_length=100)),
                ("notes", models.TextField(blank=True)),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "Lead",
            [
                ("id", key()),
                ("country", foreign_key("crm.country", models.PROTECT)),
                ("phone", models.CharField(blank=True, max_length=100)),
                ("phone_status", models.TextField(default="", editable=False)),
                ("name", models.CharField(max_length=200)),
                ("source", models.CharField(blank=True, max_length=50)),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "QueuedCall",
            [
                ("id", key()),
                ("contact", models.ForeignKey("crm.contact", models.CASCADE)),
                ("phone", dnc_django.fields.PhoneField()),
                ("phone_status", models.TextField(default="", editable=False)),
                ("queued_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        # Models of views, which crm/migrations/0002_guards.py creates.
        migrations.CreateModel(
            "CallableContact",
            [
                ("id", key()),
                ("name", models.CharField(max_length=200)),
                ("phone", models.CharField(max_length=100)),
                ("mobile", models.CharField(max_length=100)),
            ],
            {"db_table": "callable_contact", "managed": False},
        ),
        migrations.CreateModel(
            "CallableQueuedCall",
            [
                ("id", key()),
                ("phone", dnc_django.fields.PhoneField()),
                ("queued_at", models.DateTimeField()),
            ],
            {"db_table": "callable_queued_call", "managed": False},
        ),
    ]

"""A small CRM. Countries are rows of a table, and telephone numbers are what people typed."""
from django.conf import settings
from django.db import models

from dnc_django.fields import PhoneField
from dnc_django.validators import validate_phones


class Country(models.Model):
    iso2 = models.CharField("ISO 3166-1 code", max_length=2, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "countries"

    def __str__(self):
        return self.name


class Reachable(models.Model):
    """What has a telephone number, typed by somebody, and the country in whose form it is written."""

    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True)
    phone = models.CharField(max_length=100, blank=True)
    # Set by the guard, where it has a flag column: clear, suppressed, unreadable or missing. What an object holds is
    # ignored when it is saved; refresh_from_db() brings what the guard has written.
    phone_status = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    @property
    def region(self):
        return self.country.iso2 if self.country else None


class Company(Reachable):
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self):
        return self.name


class Contact(Reachable):
    name = models.CharField(max_length=200)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    mobile = models.CharField(max_length=100, blank=True)
    notes = models.TextField(blank=True)

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        validate_phones(self, ["phone", "mobile"])


class Lead(Reachable):
    """Has no validation of its own: what the forms report comes from the guard."""

    name = models.CharField(max_length=200)
    source = models.CharField(max_length=50, blank=True)

    def __str__(self):
        return self.name


class QueuedCall(models.Model):
    """The dial queue. A row is written only through crm.dialing, and read only through CallableQueuedCall."""

    contact = models.ForeignKey(Contact, models.CASCADE)
    phone = PhoneField()
    phone_status = models.TextField(editable=False, default="")
    queued_at = models.DateTimeField(auto_now_add=True)


# ---------------------------------------------------------------------------
# Views of the database, made by crm/migrations/0002_guards.py. They check each number whenever they are read, so they
# know of an opt-out that was recorded a moment ago.
# ---------------------------------------------------------------------------


class CallableContact(models.Model):
    """Contacts with at least one number, and none that is suppressed or unreadable."""

    name = models.CharField(max_length=200)
    country = models.ForeignKey(Country, models.DO_NOTHING, null=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+"
    )
    phone = models.CharField(max_length=100)
    mobile = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "callable_contact"


class CallableQueuedCall(models.Model):
    """Rows of the dial queue whose number may be called now."""

    contact = models.ForeignKey(Contact, models.DO_NOTHING, related_name="+")
    phone = PhoneField()
    queued_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "callable_queued_call"

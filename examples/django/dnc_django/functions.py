"""The extension's functions in queries.

    Contact.objects.filter(IsClear(TryParse("phone", "country__iso2")))
"""
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, Func

from .fields import PhoneField


class TryParse(Func):
    """TryParse(text, region): the number in a text, NULL if there is not exactly one."""

    function = "dnc_try_parse"
    arity = 2
    output_field = PhoneField()


class Check(Func):
    """Check(number[, channel[, purpose]]): whether it is suppressed; None if that is not known.

    None is false in Python, and `not None` is true. Conditions use IsClear.
    """

    function = "dnc_check"
    output_field = BooleanField(null=True)


class IsClear(Func):
    """IsClear(number[, channel[, purpose]]): whether nothing forbids the contact; never None."""

    function = "dnc_is_clear"
    output_field = BooleanField()


def is_clear(text, region=None, channel="voice", purpose=None, using=DEFAULT_DB_ALIAS):
    """Whether every number in a text may be contacted. False for a text that is not read completely."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT dnc_is_clear(dnc_readings(%s, %s), %s, %s)", [text, region, channel, purpose]
        )
        return cursor.fetchone()[0]

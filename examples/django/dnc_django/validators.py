"""Validation of telephone numbers by the database, before anything is saved.

It spares people an error later. The guard remains what enforces the list: an opt-out may be recorded after the
validation, and bulk_create, update() and other programs validate nothing.
"""
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, router

from .errors import MESSAGES


def validate_phone(text, region=None, channel="voice", purpose=None, using=DEFAULT_DB_ALIAS):
    """Raises a ValidationError for a text that a guard would refuse: unreadable or suppressed."""
    if not text or not text.strip():
        return
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT r.readings IS NOT NULL, dnc_parse_problem(t.text, t.region),"
            " dnc_check(r.readings, %s, %s), dnc_is_clear(r.readings, %s, %s)"
            " FROM (SELECT %s::text AS text, %s::text AS region) AS t,"
            " LATERAL (SELECT dnc_readings(t.text, t.region) AS readings) AS r",
            [channel, purpose, channel, purpose, text, region],
        )
        readable, problem, suppressed, clear = cursor.fetchone()
    if not readable:
        raise ValidationError(
            "%(message)s (%(problem)s)",
            code="unreadable",
            params={"message": MESSAGES["unreadable"], "problem": problem},
        )
    # Not "if suppressed": None, not known, would let the number through.
    if not clear:
        code = "suppressed" if suppressed else "undecided"
        raise ValidationError(MESSAGES[code], code=code)


def validate_phones(row, names, channel="voice", purpose=None):
    """For Model.clean(): validates these fields of a row, whose property `region` is the ISO code of its country.

    Numbers that are stored already are not validated again. Guards accept them too, so that somebody who opted out, or
    whose number was never readable, can still be given another address.
    """
    model = type(row)
    stored = model._base_manager.filter(pk=row.pk).first() if row.pk else None
    using = router.db_for_read(model, instance=row)
    errors = {}
    for name in names:
        text = getattr(row, name)
        if stored and (getattr(stored, name), stored.region) == (text, row.region):
            continue
        try:
            validate_phone(text, row.region, channel, purpose, using)
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)

"""What a guard of the database reports, in the words of Django.

A guard raises an error of SQLSTATE class 23, which every driver and Django know as IntegrityError.
"""
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "suppressed": _("This number is on the Do-Not-Call list."),
    "unreadable": _("This is not a complete telephone number."),
    "region_missing": _("Choose a country, or write the number with + and the country code."),
    "undecided": _("Whether this number may be contacted is not known at the moment."),
    "list_unknown": _("The Do-Not-Call list is not available, so nothing can be saved."),
}
CODES = {
    "23N01": "suppressed",
    "23N02": "unreadable",
    "23N03": "region_missing",
    "23N04": "undecided",
    "23N05": "list_unknown",
}


class GuardError:
    """Why a guard refused a row: code, a key of MESSAGES, and the fields of the database's error."""

    def __init__(self, code, diagnostics):
        self.code = code
        self.schema = diagnostics.schema_name
        self.table = diagnostics.table_name
        self.column = diagnostics.column_name
        self.constraint = diagnostics.constraint_name
        # For logs and administrators. Numbers are masked.
        self.message = diagnostics.message_primary
        self.detail = diagnostics.message_detail

    def __str__(self):
        return str(MESSAGES[self.code])

    def field_of(self, model):
        """The name of the model's field with this column; that of all fields if it is of another table."""
        if self.table == model._meta.db_table:
            for field in model._meta.concrete_fields:
                if field.column == self.column:
                    return field.name
        return NON_FIELD_ERRORS

    def validation_error(self, model):
        return ValidationError({self.field_of(model): ValidationError(str(self), code=self.code)})

    def add_to(self, form):
        """Adds it to a ModelForm, at the field of the column if the form has that field."""
        field = self.field_of(form._meta.model)
        field = field if field in form.fields else NON_FIELD_ERRORS
        # The form's own validation may have found it by now.
        if not form.has_error(field, self.code):
            form.add_error(field, ValidationError(str(self), code=self.code))


def sqlstate(error):
    """The SQLSTATE of an error of Django; None if the database did not report one."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return diagnostics and diagnostics.sqlstate


def guard_error(error):
    """What a guard reported; None for every other error."""
    code = CODES.get(sqlstate(error))
    return code and GuardError(code, error.__cause__.diag)


@contextmanager
def guarded(using=None):
    """transaction.atomic, which also reports here what a guard would report at COMMIT.

    A guard checks once more at COMMIT, since opt-outs are recorded meanwhile. Inside another transaction, such as that
    of ATOMIC_REQUESTS, COMMIT comes too late to be handled.
    """
    with transaction.atomic(using=using):
        yield
        transaction.get_connection(using).check_constraints()


def attempt(work, refused, using=None):
    """Returns work(), run in a transaction of its own; if a guard refuses a row, refused(error) instead."""
    try:
        with guarded(using):
            return work()
    except IntegrityError as error:
        reason = guard_error(error)
        if reason is None:
            raise
        return refused(reason)

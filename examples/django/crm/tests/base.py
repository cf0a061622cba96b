"""What the tests share.

The tests run with each of the guards of settings.DNC_GUARD, and say where the result differs. Most numbers are of
ranges that are set aside for fiction.
"""
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import TestCase, TransactionTestCase

from crm.models import Country
from dnc_django.errors import guard_error

GUARD = settings.DNC_GUARD
REJECTS = GUARD == "reject"
# Suppressed in every test of CrmTestCase.
SUPPRESSED = "+44 20 7946 0950"


def sql(statement, *parameters):
    """The first value of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


def opt_out(phone):
    sql("SELECT dnc_add(phone => %s, source => 'web_form')", phone)


def opt_in(phone):
    sql("SELECT dnc_revoke(phone => %s, source => 'web_form')", phone)


def in_other_session(function, *arguments):
    """Runs it in a thread, where Django opens another connection; it commits at once."""

    def run():
        try:
            return function(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=20)


class Helpers:
    fixtures = ["countries", "crm"]

    def country(self, iso2):
        return Country.objects.get(iso2=iso2)

    @contextmanager
    def refused(self, code, model, field):
        """With a guard in mode reject the block raises this error; otherwise it raises none."""
        if not REJECTS:
            yield
            return
        with self.assertRaises(IntegrityError) as raised, transaction.atomic():
            yield
        error = guard_error(raised.exception)
        self.assertEqual((error.code, error.field_of(model)), (code, field))

    def assert_status(self, row, status):
        """What the guard wrote into the row's flag column; nothing where there is no guard."""
        row.refresh_from_db()
        self.assertEqual(row.phone_status, "" if GUARD == "none" else status, row)


class CrmTestCase(Helpers, TestCase):
    """For tests within one transaction, which is rolled back: the opt-outs too.

    Guards check at the end of a TestCase what they check at COMMIT. So a test cannot both write a number and suppress
    it.
    """

    @classmethod
    def setUpTestData(cls):
        opt_out(SUPPRESSED)


class CommittingTestCase(Helpers, TransactionTestCase):
    """For tests of several transactions. Django empties its own tables afterwards, and not the list."""

    def opt_out_meanwhile(self, phone):
        """Another session records an opt-out and commits."""
        in_other_session(opt_out, phone)
        self.addCleanup(opt_in, phone)

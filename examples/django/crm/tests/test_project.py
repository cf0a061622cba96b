from types import SimpleNamespace

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.management import call_command
from django.db import IntegrityError
from django.test import SimpleTestCase

from crm.forms import LeadForm
from crm.models import Lead
from dnc_django.errors import CODES, MESSAGES, guard_error

from .base import GUARD, CommittingTestCase, CrmTestCase, sql


class Errors(SimpleTestCase):
    """All five, some of which a test cannot provoke without breaking the list."""

    def refused(self, state, **fields):
        names = "schema_name table_name column_name constraint_name message_primary message_detail"
        diagnostics = SimpleNamespace(sqlstate=state, **dict.fromkeys(names.split()))
        vars(diagnostics).update(fields)
        error = IntegrityError()
        error.__cause__ = Exception()
        error.__cause__.diag = diagnostics
        return guard_error(error)

    def test_each_has_a_message(self):
        for state, code in CODES.items():
            error = self.refused(state, table_name="crm_lead", column_name="phone")
            validation = error.validation_error(Lead)
            self.assertEqual(validation.message_dict, {"phone": [str(MESSAGES[code])]})
            self.assertEqual(validation.error_dict["phone"][0].code, code)

    def test_fields(self):
        for fields, expected in [
            ({"table_name": "crm_lead", "column_name": "country_id"}, "country"),
            ({"table_name": "crm_contact", "column_name": "phone"}, NON_FIELD_ERRORS),
            ({}, NON_FIELD_ERRORS),
        ]:
            self.assertEqual(self.refused("23N01", **fields).field_of(Lead), expected)

    def test_a_field_that_the_form_does_not_show(self):
        class NameForm(LeadForm):
            class Meta(LeadForm.Meta):
                fields = ["name"]

        form = NameForm({"name": "Lee"})
        self.assertTrue(form.is_valid())
        self.refused("23N01", table_name="crm_lead", column_name="phone").add_to(form)
        self.assertEqual(list(form.errors), [NON_FIELD_ERRORS])

    def test_other_errors(self):
        self.assertIsNone(self.refused("23505"))
        self.assertIsNone(guard_error(IntegrityError()))


class Models(CrmTestCase):
    def test_migrations_are_complete(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


class Migrations(CommittingTestCase):
    def guards(self):
        return sql(
            "SELECT count(*) FROM dnc.attachment WHERE relation::text LIKE 'crm%%' AND problem IS NULL"
        )

    def views(self):
        return sql("SELECT count(*) FROM pg_views WHERE viewname LIKE 'callable%%'")

    def test_forwards_and_back(self):
        there = (0 if GUARD == "none" else 4, 2)
        self.assertEqual((self.guards(), self.views()), there)
        call_command("migrate", "crm", "0001", verbosity=0)
        self.assertEqual((self.guards(), self.views()), (0, 0))
        # The list is not the application's: it stays when the application goes.
        call_command("migrate", "dnc_django", "zero", verbosity=0)
        self.assertEqual(sql("SELECT count(*) FROM pg_extension WHERE extname = 'dnc'"), 1)
        call_command("migrate", verbosity=0)
        self.assertEqual((self.guards(), self.views()), there)

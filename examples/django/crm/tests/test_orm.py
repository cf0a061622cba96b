import json
import tempfile

from django.core.management import call_command
from django.db import IntegrityError, transaction

from crm.dialing import import_leads
from crm.models import Company, Contact, Country, Lead, QueuedCall
from dnc_django.errors import guard_error, sqlstate
from dnc_django.functions import Check, IsClear, TryParse, is_clear

from .base import REJECTS, SUPPRESSED, CommittingTestCase, CrmTestCase, opt_out


class Saving(CrmTestCase):
    def test_every_spelling_of_a_suppressed_number(self):
        for spelling in ["020 7946 0950", "(020) 7946-0950 ext 9", "Tel. +44 20 7946 0950", SUPPRESSED]:
            with self.subTest(spelling):
                lead = Lead(name="Lee", country=self.country("GB"), phone=spelling)
                with self.refused("suppressed", Lead, "phone"):
                    lead.save()
                if not REJECTS:
                    self.assert_status(lead, "suppressed")

    def test_the_country_decides_which_number_it_is(self):
        """The digits of a suppressed British number are another one in Germany."""
        lead = Lead.objects.create(name="Lee", country=self.country("DE"), phone="020 7946 0950")
        self.assert_status(lead, "clear")
        with self.refused("suppressed", Lead, "phone"):
            lead.country = self.country("GB")
            lead.save()

    def test_the_second_of_two_fields(self):
        with self.refused("suppressed", Contact, "mobile"):
            Contact.objects.create(name="Lee", phone="+12125550101", mobile=SUPPRESSED)

    def test_unreadable_numbers_are_kept_where_people_typed_them(self):
        for phone in ["+1234567890", "ask her sister", "555-1234"]:
            with self.subTest(phone):
                lead = Lead.objects.create(name="Lee", phone=phone)
                self.assert_status(lead, "unreadable")

    def test_unreadable_numbers_are_refused_where_a_program_writes(self):
        with self.refused("unreadable", Company, "phone"):
            Company.objects.create(name="Quiet", country=self.country("GB"), phone="call me")
        with self.refused("region_missing", Company, "phone"):
            Company.objects.create(name="Quiet", phone="020 7946 0951")

    def test_blank_numbers(self):
        for phone in ["", "  "]:
            with self.subTest(phone):
                lead = Lead.objects.create(name="Lee", phone=phone)
                self.assert_status(lead, "missing")

    def test_an_object_does_not_undo_the_flag(self):
        """The object in memory has the flag of the time before it was saved."""
        lead = Lead.objects.create(name="Lee", phone="+1234567890")
        self.assertEqual(lead.phone_status, "")
        lead.name = "Lea"
        lead.save()
        self.assert_status(lead, "unreadable")

    def test_bulk_create(self):
        """One refused row refuses them all; row by row, the others are saved."""

        def leads():
            numbers = ["+12125550111", SUPPRESSED, "+12125550112"]
            return [Lead(name=number, phone=number, source="bulk") for number in numbers]

        with self.refused("suppressed", Lead, "phone"):
            Lead.objects.bulk_create(leads())
        self.assertEqual(Lead.objects.filter(source="bulk").count(), 0 if REJECTS else 3)

        Lead.objects.filter(source="bulk").delete()
        refused = import_leads(leads())
        self.assertEqual(
            [(lead.phone, reason.code) for lead, reason in refused],
            [(SUPPRESSED, "suppressed")] if REJECTS else [],
        )
        self.assertEqual(Lead.objects.filter(source="bulk").count(), 2 if REJECTS else 3)

    def test_changing_many_rows(self):
        with self.refused("suppressed", Contact, "phone"):
            Contact.objects.filter(country__iso2="GB").update(phone="020 7946 0950")
        contacts = list(Contact.objects.filter(country__iso2="GB"))
        for contact in contacts:
            contact.phone = "020 7946 0950"
        with self.refused("suppressed", Contact, "phone"):
            Contact.objects.bulk_update(contacts, ["phone"])

    def test_other_errors_are_not_taken_for_a_guards(self):
        with self.assertRaises(IntegrityError) as raised, transaction.atomic():
            Country.objects.create(iso2="GB", name="again")
        self.assertIsNone(guard_error(raised.exception))

    def test_a_text_that_is_no_number_in_a_column_of_numbers(self):
        """The type refuses it, guard or not; validate first, or store what TryParse makes of it."""
        with self.assertRaises(Exception) as raised, transaction.atomic():
            QueuedCall.objects.create(contact_id=1, phone="020 7946 0951")
        self.assertEqual(sqlstate(raised.exception), "22P02")


class Fixtures(CrmTestCase):
    def test_messy_numbers_are_loaded_as_they_are(self):
        phones = dict(Contact.objects.values_list("name", "phone"))
        self.assertEqual(phones["Fay Fisher"], "+1234567890")
        self.assertEqual(phones["Carol Cook"], "(555) 123-4567 ext 9")
        self.assertEqual(phones["Hal Hunter"], "")

    def test_and_marked(self):
        for name, status in [
            ("Alice Archer", "clear"),
            ("Carol Cook", "unreadable"),
            ("Fay Fisher", "unreadable"),
            ("Hal Hunter", "missing"),
            ("Jo Jansen", "unreadable"),
            ("Pat Poe", "unreadable"),
        ]:
            with self.subTest(name):
                self.assert_status(Contact.objects.get(name=name), status)


class Queries(CrmTestCase):
    """The country is in another table, so the region is a join."""

    number = TryParse("phone", "country__iso2")

    def test_numbers_of_a_set_of_rows(self):
        opt_out("+4930 23125 077")
        rows = Contact.objects.annotate(number=self.number).values_list("name", "number")
        numbers = dict(rows)
        self.assertEqual(numbers["Alice Archer"], "+442079460018")
        self.assertEqual(numbers["Dora Dyer"], "+493023125077")
        self.assertEqual(numbers["Ora Olsen"], "+442079460019")
        self.assertIsNone(numbers["Fay Fisher"])
        self.assertIsNone(numbers["Pat Poe"])
        clear = Contact.objects.filter(IsClear(self.number)).values_list("name", flat=True)
        self.assertIn("Alice Archer", clear)
        self.assertNotIn("Dora Dyer", clear)
        self.assertNotIn("Fay Fisher", clear)

    def test_none_is_not_permission(self):
        """dnc_check of an unreadable number is NULL, which Python takes for "not suppressed". dnc_is_clear is false."""
        fay = Contact.objects.annotate(
            suppressed=Check(self.number), clear=IsClear(self.number)
        ).get(name="Fay Fisher")
        self.assertIsNone(fay.suppressed)
        self.assertTrue(not fay.suppressed)  # so "if not suppressed: call()" would call
        self.assertIs(fay.clear, False)

        self.assertIs(is_clear("020 7946 0018", "GB"), True)
        self.assertIs(is_clear("020 7946 0950", "GB"), False)
        for text, region in [("020 7946 0018", None), ("call me", "GB"), ("", "GB"), (None, None)]:
            with self.subTest(text, region=region):
                self.assertIs(is_clear(text, region), False)

    def test_column_of_numbers(self):
        """Whatever the spelling, it is read back in E.164 form, and found by every spelling."""
        for phone in ["+44 20 7946 0018", "+442079460019"]:
            QueuedCall.objects.create(contact_id=1, phone=phone)
        calls = QueuedCall.objects.order_by("phone")
        self.assertEqual([c.phone for c in calls], ["+442079460018", "+442079460019"])
        self.assertEqual(calls.filter(phone="+44 (0)20 7946 0019").count(), 1)
        self.assertEqual(calls.filter(phone__in=["+44 20 7946 0019", "+12125550101"]).count(), 1)
        self.assertEqual(calls.filter(phone__contains="9460018").count(), 1)
        self.assertEqual(calls.filter(IsClear("phone")).count(), 2)


class Commits(CommittingTestCase):
    def test_an_old_row_stays_editable(self):
        """It was stored before the opt-out. Everything can be changed but the number, to another suppressed one."""
        self.opt_out_meanwhile("+44 20 7946 0018")
        alice = Contact.objects.get(name="Alice Archer")
        alice.notes = "moved"
        alice.full_clean()
        alice.save()
        Contact.objects.filter(pk=alice.pk).update(notes="moved again")
        # The guard marks the row whenever it is written.
        self.assert_status(alice, "suppressed")

        self.opt_out_meanwhile("+12125550199")
        alice.phone = "+12125550199"
        with self.refused("suppressed", Contact, "phone"):
            alice.save()

    def test_an_opt_out_that_commits_first(self):
        """The guard finds it at COMMIT."""

        def save():
            with transaction.atomic():
                Lead.objects.create(name="Lee", phone="+12125550198")
                if not Lead.objects.filter(name="Lee").count():
                    raise AssertionError("the guard knew too early")
                self.opt_out_meanwhile("+12125550198")

        if not REJECTS:
            save()
            return
        with self.refused("suppressed", Lead, "phone"):
            save()

    def test_the_country_is_loaded_before_the_contact(self):
        """Foreign keys of Django are checked at COMMIT, guards when the row is written: then its country must exist."""
        country = {"model": "crm.country", "pk": 99, "fields": {"iso2": "SE", "name": "Sweden"}}
        fields = {"name": "Sven", "country": 99, "phone": "08-465 004 00"}
        lead = {"model": "crm.lead", "pk": 99, "fields": fields}
        for objects, status in [([country, lead], "clear"), ([lead, country], "unreadable")]:
            with self.subTest(status), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(objects, file)
                file.flush()
                call_command("loaddata", file.name, verbosity=0)
                self.assert_status(Lead.objects.get(pk=99), status)
                Lead.objects.all().delete()
                Country.objects.filter(pk=99).delete()

from unittest.mock import patch

from django.db import connection
from django.db.models.signals import post_save
from django.urls import reverse

from crm.forms import ContactForm
from crm.models import Contact, Lead

from .base import REJECTS, CommittingTestCase, CrmTestCase


def codes(form):
    """The codes of a form's errors, by field."""
    return {name: [e.code for e in errors] for name, errors in form.errors.as_data().items()}


class Validation(CrmTestCase):
    """Contact.clean asks the database before anything is saved, so it is the same with and without guards."""

    def contact_form(self, iso2=None, **data):
        country = iso2 and self.country(iso2).pk
        return ContactForm({"name": "Lee", "country": country, **data})

    def test_suppressed(self):
        form = self.contact_form("GB", phone="(020) 7946-0950")
        self.assertEqual(codes(form), {"phone": ["suppressed"]})
        self.assertIn("Do-Not-Call", str(form))

    def test_unreadable(self):
        form = self.contact_form("GB", phone="020 7946 0018", mobile="07700 9004XX")
        self.assertEqual(codes(form), {"mobile": ["unreadable"]})

    def test_national_number_without_a_country(self):
        form = self.contact_form(phone="020 7946 0018")
        self.assertEqual(codes(form), {"phone": ["unreadable"]})

    def test_accepted(self):
        for data in [
            {"phone": "+44 20 7946 0018"},
            {"iso2": "GB", "phone": "Tel. 020 7946 0018"},
            {"iso2": "US", "phone": "(212) 555-0101 ext 9", "mobile": "212 555 0102 or 0103"},
            {"phone": "", "mobile": " "},
        ]:
            with self.subTest(data):
                form = self.contact_form(**data)
                self.assertTrue(form.is_valid(), form.errors)
                self.assertTrue(form.save().pk)


class GuardErrors(CrmTestCase):
    """A lead is not validated: its form shows what the guard reports."""

    def test_suppressed(self):
        gb = self.country("GB").pk
        data = {"name": "Lee", "country": gb, "phone": "020 7946 0950"}
        response = self.client.post(reverse("lead-add"), data)
        if not REJECTS:
            self.assertRedirects(response, reverse("lead-add"))
            self.assertTrue(Lead.objects.filter(name="Lee").exists())
            return
        self.assertEqual(response.status_code, 200)
        self.assertEqual(codes(response.context["form"]), {"phone": ["suppressed"]})
        self.assertContains(response, 'value="020 7946 0950"')  # what was typed is not lost
        self.assertFalse(Lead.objects.filter(name="Lee").exists())

    def test_unreadable_is_stored(self):
        response = self.client.post(reverse("lead-add"), {"name": "Lee", "phone": "+1234567890"})
        self.assertRedirects(response, reverse("lead-add"))
        self.assert_status(Lead.objects.get(name="Lee"), "unreadable")


class Commits(CommittingTestCase):
    def test_an_opt_out_between_the_validation_and_the_commit(self):
        for atomic, phone in [(False, "+12125550197"), (True, "+12125550195")]:
            with self.subTest(atomic_requests=atomic):

                def once(**kwargs):
                    post_save.disconnect(once, sender=Contact)
                    self.opt_out_meanwhile(phone)

                post_save.connect(once, sender=Contact)
                data = {"name": phone, "phone": phone}
                with patch.dict(connection.settings_dict, ATOMIC_REQUESTS=atomic):
                    response = self.client.post(reverse("contact-add"), data)
                if REJECTS:
                    self.assertEqual(codes(response.context["form"]), {"phone": ["suppressed"]})
                self.assertEqual(Contact.objects.filter(name=phone).exists(), not REJECTS)

    def test_an_old_row_stays_editable(self):
        self.opt_out_meanwhile("+44 20 7946 0018")
        alice = Contact.objects.get(name="Alice Archer")
        data = {"name": "Alice Abbot", "country": alice.country_id, "phone": alice.phone}
        url = reverse("contact-change", args=[alice.pk])
        self.assertRedirects(self.client.post(url, data), reverse("contact-add"))
        alice.refresh_from_db()
        self.assertEqual(alice.name, "Alice Abbot")
        # The same number in another spelling is a new text, which is validated.
        data["phone"] = "+44 20 7946 0018"
        response = self.client.post(url, data)
        self.assertEqual(codes(response.context["form"]), {"phone": ["suppressed"]})

from django.contrib.auth import get_user_model
from django.urls import reverse

from crm.models import Contact, Lead

from .base import REJECTS, SUPPRESSED, CommittingTestCase, CrmTestCase


class Admin:
    def setUp(self):
        super().setUp()
        self.client.force_login(get_user_model().objects.get(username="ada"))

    def save(self, model, pk=None, **data):
        page = "admin:crm_%s_%s" % (model._meta.model_name, "change" if pk else "add")
        return self.client.post(reverse(page, args=[pk] if pk else []), data)

    def errors(self, response):
        return response.context["adminform"].form.errors


class Saving(Admin, CrmTestCase):
    def test_a_contact_is_validated(self):
        response = self.save(Contact, name="Lee", phone=SUPPRESSED)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(list(self.errors(response)), ["phone"])
        self.assertContains(response, "This number is on the Do-Not-Call list.")

    def test_a_lead_shows_what_the_guard_reports(self):
        response = self.save(Lead, name="Lee", country=self.country("GB").pk, phone="020 7946 0950")
        if not REJECTS:
            self.assertRedirects(response, reverse("admin:crm_lead_changelist"))
            return
        self.assertEqual(response.status_code, 200)
        self.assertEqual(list(self.errors(response)), ["phone"])
        self.assertContains(response, "This number is on the Do-Not-Call list.")
        self.assertContains(response, "020 7946 0950")
        self.assertFalse(Lead.objects.filter(name="Lee").exists())

    def test_a_list_that_is_edited(self):
        """Nothing of the list is saved if one row is refused."""
        leads = list(Lead.objects.order_by("-pk"))
        data = {"form-TOTAL_FORMS": len(leads), "form-INITIAL_FORMS": len(leads), "_save": "Save"}
        for n, lead in enumerate(leads):
            data["form-%d-id" % n] = lead.pk
            data["form-%d-phone" % n] = SUPPRESSED if n == 1 else "+12125550101"
        page = reverse("admin:crm_lead_changelist")
        response = self.client.post(page, data, follow=True)
        self.assertEqual(response.status_code, 200)
        saved = Lead.objects.filter(phone="+12125550101").count()
        self.assertEqual(saved, 0 if REJECTS else len(leads) - 1)
        if REJECTS:
            self.assertContains(response, "Nothing was saved.")
            self.assertContains(response, "This number is on the Do-Not-Call list.")

    def test_search(self):
        response = self.client.get(reverse("admin:crm_queuedcall_changelist"), {"q": "9460018"})
        self.assertEqual(response.status_code, 200)


class Commits(Admin, CommittingTestCase):
    def test_an_old_row_stays_editable(self):
        self.opt_out_meanwhile("+44 20 7946 0018")
        alice = Contact.objects.get(name="Alice Archer")
        data = {"country": alice.country_id, "phone": alice.phone, "name": "Alice Abbot"}
        response = self.save(Contact, alice.pk, **data)
        self.assertRedirects(response, reverse("admin:crm_contact_changelist"))
        alice.refresh_from_db()
        self.assertEqual(alice.name, "Alice Abbot")

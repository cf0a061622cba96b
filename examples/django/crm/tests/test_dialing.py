from django.db import DatabaseError, transaction

from crm.dialing import enqueue, take_call
from crm.models import CallableContact, CallableQueuedCall, Contact, QueuedCall

from .base import REJECTS, SUPPRESSED, CommittingTestCase, CrmTestCase, in_other_session, opt_out


class Queueing(CrmTestCase):
    def test_a_set_of_contacts(self):
        """Those that the view has: with a number, and without one that is suppressed or unreadable."""
        opt_out("+49 171 3920012")
        names = set(CallableContact.objects.values_list("name", flat=True))
        expected = {
            "Alice Archer", "Bob Baker", "Emil Engel", "Gus Glover", "Ina Iwata",
            "Kiran Kapoor", "Lia Lopes", "Mei Ma", "Ora Olsen",
        }
        self.assertEqual(names, expected)
        with self.captureOnCommitCallbacks(execute=True) as callbacks:
            self.assertEqual(enqueue(Contact.objects.all()), len(expected))
        self.assertEqual(len(callbacks), 1)
        phones = set(QueuedCall.objects.values_list("contact__name", "phone"))
        self.assertIn(("Bob Baker", "+12125550135"), phones)  # the mobile comes first
        self.assertIn(("Mei Ma", "+8613800138000"), phones)

    def test_a_suppressed_number_that_a_program_queues(self):
        with self.refused("suppressed", QueuedCall, "phone"):
            QueuedCall.objects.bulk_create(
                QueuedCall(contact_id=1, phone=phone) for phone in ["+12125550101", SUPPRESSED]
            )
        # Without a guard, and in mode flag, it is in the table; the view leaves it out.
        self.assertEqual(QueuedCall.objects.count(), 0 if REJECTS else 2)
        self.assertEqual(CallableQueuedCall.objects.count(), 0 if REJECTS else 1)


class Dialing(CommittingTestCase):
    def test_two_dialers(self):
        """Each takes a call of its own; neither waits. The third finds none."""
        enqueue(Contact.objects.filter(name__in=["Alice Archer", "Ora Olsen"]))
        with transaction.atomic():
            first = take_call()
            second = in_other_session(take_call)
            self.assertIsNone(in_other_session(take_call))
        self.assertEqual({first.phone, second.phone}, {"+442079460018", "+442079460019"})
        self.assertEqual(QueuedCall.objects.count(), 0)

    def test_two_dialers_in_one_country(self):
        """The view of contacts follows a foreign key, and locks contacts only. A query with a join says what it locks:
        the first dialer would lock the country, and the second one skip every contact there."""
        Contact.objects.filter(name="Carol Cook").update(phone="212 555 0136")

        def take():
            contacts = CallableContact.objects.select_for_update(skip_locked=True, of=["self"])
            return contacts.filter(country__iso2="US").order_by("pk").first()

        with transaction.atomic():
            first = take()
            second = in_other_session(transaction.atomic(take))
        self.assertEqual((first.name, second.name), ("Bob Baker", "Carol Cook"))

    def test_queued_before_the_opt_out(self):
        """The row stays in the table, and is never taken."""
        enqueue(Contact.objects.filter(name__in=["Alice Archer", "Ora Olsen"]))
        self.opt_out_meanwhile("+44 20 7946 0018")
        self.assertEqual(take_call().phone, "+442079460019")
        self.assertIsNone(take_call())
        self.assertEqual(QueuedCall.objects.count(), 1)

    def test_a_refused_transaction_notifies_nobody(self):
        notified = []

        def queue():
            with transaction.atomic():
                enqueue(
                    Contact.objects.filter(name__in=["Alice Archer", "Ora Olsen"]),
                    queued=lambda: notified.append("dialer"),
                )
                # Too late for the check of enqueue(), which has the locks of COMMIT already: this one would wait.
                QueuedCall.objects.create(contact_id=3, phone="+12125550196")
                self.opt_out_meanwhile("+12125550196")

        if not REJECTS:
            queue()
            self.assertEqual(notified, ["dialer"])
            self.assertEqual(CallableQueuedCall.objects.count(), 2)
            return
        with self.assertRaises(DatabaseError):
            queue()
        self.assertEqual(notified, [])
        self.assertEqual(QueuedCall.objects.count(), 0)

"""How contacts come into the dial queue, and calls out of it."""
from django.db import transaction
from django.db.models.functions import Coalesce

from dnc_django.errors import attempt, guarded
from dnc_django.functions import TryParse

from .models import CallableContact, CallableQueuedCall, QueuedCall


def import_leads(leads):
    """Saves the leads that the guard accepts; returns the others, each with its GuardError."""
    refused = []
    for lead in leads:
        # A transaction, or a savepoint, for each row, so that one refused row does not take the others with it.
        attempt(lead.save, lambda reason: refused.append((lead, reason)))
    return refused


def enqueue(contacts, queued=lambda: None):
    """Queues the callable ones of these contacts and returns their number; calls queued() once they are committed."""
    number = Coalesce(
        TryParse("mobile", "country__iso2"), TryParse("phone", "country__iso2")
    )
    callables = CallableContact.objects.filter(pk__in=contacts.values("pk"))
    with guarded():
        # A field with two numbers is no single number to dial.
        calls = [
            QueuedCall(contact_id=contact.pk, phone=contact.number)
            for contact in callables.annotate(number=number)
            if contact.number
        ]
        QueuedCall.objects.bulk_create(calls)
        transaction.on_commit(queued)
    return len(calls)


@transaction.atomic
def take_call():
    """Takes the oldest call off the queue that no other dialer is taking; None if there is none.

    The view leaves out what was suppressed after it was queued.
    """
    call = (
        CallableQueuedCall.objects.select_for_update(skip_locked=True)
        .order_by("queued_at", "pk")
        .first()
    )
    if call:
        QueuedCall.objects.filter(pk=call.pk).delete()
    return call

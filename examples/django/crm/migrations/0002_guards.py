from django.conf import settings
from django.db import migrations

from dnc_django.operations import attach_guard, create_view

# unreadable="flag": what people typed into contacts and leads for years is kept, and marked. Fixtures with numbers such
# as +1234567890 load.
TYPED = {
    "none": None,
    "reject": {"mode": "reject", "unreadable": "flag", "flag_column": "phone_status"},
    "flag": {"mode": "flag", "flag_column": "phone_status"},
}[settings.DNC_GUARD]

# A company's switchboard is looked up, and the dial queue is filled by a program: nothing unreadable belongs there.
CLEAN = {
    "none": None,
    "reject": {"mode": "reject"},
    "flag": {"mode": "flag", "flag_column": "phone_status"},
}[settings.DNC_GUARD]


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [
        # Django's foreign keys are real ones, so guards and views can follow them to the country.
        create_view(
            "callable_contact", "crm_contact", ["phone", "mobile"], region_path="country_id.iso2"
        ),
        create_view("callable_queued_call", "crm_queuedcall", ["phone"]),
    ]
    if settings.DNC_GUARD != "none":
        operations += [
            attach_guard(
                "crm_contact", ["phone", "mobile"], region_path="country_id.iso2", **TYPED
            ),
            attach_guard("crm_lead", ["phone"], region_path="country_id.iso2", **TYPED),
            # A path may end at the name of a country too.
            attach_guard("crm_company", ["phone"], region_path="country_id.name", **CLEAN),
            attach_guard("crm_queuedcall", ["phone"], **CLEAN),
        ]

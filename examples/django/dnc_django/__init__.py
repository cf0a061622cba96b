"""The PostgreSQL extension dnc in a Django project: copy this folder and add "dnc_django" to INSTALLED_APPS.

fields      PhoneField, a column of type dnc_phone
functions   Check, IsClear, TryParse in queries; is_clear() for one number
validators  validate_phones() for Model.clean()
errors      what a guard reported, as a ValidationError
views       GuardedFormMixin: a guard's error is shown at the field of a form
admin       GuardedAdmin: the same in the admin
operations  guards and views in migrations

Needs Django 3.2 or later with psycopg2 or psycopg 3. Its migration creates the extension, so migrations of applications
that use it depend on ("dnc_django", "0001_extension").
"""

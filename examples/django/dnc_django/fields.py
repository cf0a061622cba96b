from django import forms
from django.db import models


class PhoneField(models.Field):
    """A telephone number in a column of type dnc_phone; in Python a text in E.164 form, such as +442079460018.

    The database reads international spellings of a number that is assigned; the object has the E.164 form once it is
    read back. Texts as people typed them belong in a CharField: see TryParse.
    """

    description = "telephone number (dnc_phone)"

    def db_type(self, connection):
        return "dnc_phone"

    def get_prep_value(self, value):
        # There is no empty number; what a form or a file leaves blank is NULL.
        return super().get_prep_value(value) or None

    def to_python(self, value):
        return None if value in self.empty_values else str(value)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.CharField, "empty_value": None, **kwargs})

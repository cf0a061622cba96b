from django import forms

from .models import Contact, Lead


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["name", "company", "owner", "country", "phone", "mobile", "notes"]


class LeadForm(forms.ModelForm):
    class Meta:
        model = Lead
        fields = ["name", "source", "country", "phone"]

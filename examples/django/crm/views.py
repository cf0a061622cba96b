from django.urls import reverse_lazy
from django.views.generic import CreateView, UpdateView

from dnc_django.views import GuardedFormMixin

from .forms import ContactForm, LeadForm
from .models import Contact, Lead


class ContactCreate(GuardedFormMixin, CreateView):
    model = Contact
    form_class = ContactForm
    template_name = "crm/form.html"
    success_url = reverse_lazy("contact-add")


class ContactUpdate(GuardedFormMixin, UpdateView):
    model = Contact
    form_class = ContactForm
    template_name = "crm/form.html"
    success_url = reverse_lazy("contact-add")


class LeadCreate(GuardedFormMixin, CreateView):
    model = Lead
    form_class = LeadForm
    template_name = "crm/form.html"
    success_url = reverse_lazy("lead-add")

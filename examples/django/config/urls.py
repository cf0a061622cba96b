from django.contrib import admin
from django.urls import path

from crm import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("contacts/add/", views.ContactCreate.as_view(), name="contact-add"),
    path("contacts/<int:pk>/", views.ContactUpdate.as_view(), name="contact-change"),
    path("leads/add/", views.LeadCreate.as_view(), name="lead-add"),
]

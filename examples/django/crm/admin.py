from django.contrib import admin

from dnc_django.admin import GuardedAdmin

from .models import Company, Contact, Country, Lead, QueuedCall

admin.site.register(Country)


@admin.register(Company)
class CompanyAdmin(GuardedAdmin, admin.ModelAdmin):
    list_display = ["name", "country", "phone", "phone_status"]


@admin.register(Contact)
class ContactAdmin(GuardedAdmin, admin.ModelAdmin):
    list_display = ["name", "country", "phone", "mobile", "phone_status"]
    list_filter = ["phone_status", "country"]
    search_fields = ["name", "phone", "mobile"]
    readonly_fields = ["phone_status"]


@admin.register(Lead)
class LeadAdmin(GuardedAdmin, admin.ModelAdmin):
    list_display = ["name", "phone", "phone_status"]
    list_editable = ["phone"]
    readonly_fields = ["phone_status"]


@admin.register(QueuedCall)
class QueuedCallAdmin(GuardedAdmin, admin.ModelAdmin):
    list_display = ["contact", "phone", "queued_at"]
    search_fields = ["phone"]

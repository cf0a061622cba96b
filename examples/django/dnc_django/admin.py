from django.contrib import messages
from django.db import router
from django.http import HttpResponseRedirect

from .errors import attempt


class GuardedAdmin:
    """For a ModelAdmin: a row that a guard refuses is an error at the form's field, not "Server Error (500)"."""

    def changeform_view(self, request, *args, **kwargs):
        def view(error=None):
            # With an error the form is not valid, and so it is shown again.
            request.guard_error = error
            return super(GuardedAdmin, self).changeform_view(request, *args, **kwargs)

        return attempt(view, view, router.db_for_write(self.model))

    def get_form(self, request, *args, **kwargs):
        form_class = super().get_form(request, *args, **kwargs)
        error = getattr(request, "guard_error", None)
        if error is None:
            return form_class

        class RefusedForm(form_class):
            def full_clean(self):
                super().full_clean()
                if self.is_bound:
                    error.add_to(self)

        return RefusedForm

    def changelist_view(self, request, *args, **kwargs):
        """Actions, and lists that can be edited, change many rows: what was refused is shown above the list."""

        def view():
            return super(GuardedAdmin, self).changelist_view(request, *args, **kwargs)

        def refused(error):
            text = "Nothing was saved. %s %s" % (error, error.detail or "")
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

        return attempt(view, refused, router.db_for_write(self.model))

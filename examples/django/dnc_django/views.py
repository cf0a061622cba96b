from django.db import router

from .errors import attempt


class GuardedFormMixin:
    """For CreateView and UpdateView: a row that a guard refuses is an error at the form's field."""

    guard_error = None

    def post(self, request, *args, **kwargs):
        def post(error=None):
            # With an error the form is not valid, and so it is shown again.
            self.guard_error = error
            return super(GuardedFormMixin, self).post(request, *args, **kwargs)

        return attempt(post, post, router.db_for_write(self.form_class._meta.model))

    def get_form(self, *args, **kwargs):
        form = super().get_form(*args, **kwargs)
        if self.guard_error:
            form.full_clean()
            self.guard_error.add_to(form)
        return form

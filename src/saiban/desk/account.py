# mypy: disable-error-code="misc, no-any-return"
# (allauth has no types: its classes are Any to mypy)
"""Log-in, log-out and one's own password: allauth behind our own forms and pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account import views as allauth
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from saiban.core import administration
from saiban.ui.components import Page
from saiban.ui.forms import Laid

TOO_MANY = "too_many_login_attempts"


class LogInForm(Laid, allauth_forms.LoginForm):
    """The log-in name and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Use our words."""
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("Log-in name")), ("password", _("Password"))):
            self.fields[name].label, self.fields[name].help_text = label, ""
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autofocus"] = True


class ChangePasswordForm(Laid, allauth_forms.ChangePasswordForm):
    """The present password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Use our words."""
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": (_("Present password"), ""),
            "password1": (_("New password"), _("At least ten characters, and not a common word.")),
            "password2": (_("New password once more"), ""),
        }
        for name, (label, help_text) in labels.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean(self) -> Any:
        """Ask for the same password twice, in our words."""
        cleaned = super(allauth_forms.PasswordVerificationMixin, self).clean()
        first, again = cleaned.get("password1"), cleaned.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("The two new passwords differ."))
        return cleaned


class LogIn(allauth.LoginView):
    """Log in; a wrong password is 422, too many of them 429."""

    form_class = LogInForm
    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"page": Page(_("Log in"))}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again with its errors."""
        throttled = form.has_error("__all__", TOO_MANY)
        status = HTTPStatus.TOO_MANY_REQUESTS if throttled else HTTPStatus.UNPROCESSABLE_ENTITY
        shown = self.get_context_data(form=form) | {"throttled": throttled}
        return self.render_to_response(shown, status=status)


class LogOut(allauth.LogoutView):
    """Ask, then log out; who comes to this device next starts in the language of the browser."""

    template_name = "account/logout.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Page(_("Log out"))
        return super().get_context_data(**kwargs) | {"page": page, "back": reverse("desk:today")}

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response


@method_decorator(login_required, name="dispatch")
class ChangePassword(allauth.PasswordChangeView):
    """Set one's own password; a one-time password has to be replaced before anything else."""

    form_class = ChangePasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("desk:enter")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        temporary = self.request.user.password_is_temporary
        title = _("Choose your own password") if temporary else _("Change your password")
        return super().get_context_data(**kwargs) | {"page": Page(title), "temporary": temporary}

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it, and stay logged in here; sessions on other devices end."""
        administration.change_password(actor=self.request.user, password=form.cleaned_data["password1"])
        update_session_auth_hash(self.request, self.request.user)
        return super(allauth.PasswordChangeView, self).form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again with its errors."""
        shown = self.get_context_data(form=form)
        return self.render_to_response(shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)

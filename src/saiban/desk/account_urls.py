"""The addresses of allauth that exist here: log-in, log-out, one's own password. No sign-up, no e-mail."""

from django.urls import path

from saiban.desk import account

urlpatterns = [
    path("login/", account.LogIn.as_view(), name="account_login"),
    path("logout/", account.LogOut.as_view(), name="account_logout"),
    path("password/", account.ChangePassword.as_view(), name="account_change_password"),
]

"""The Django admin under our own name and colours."""

from django.contrib.admin.apps import AdminConfig


class AdminSite(AdminConfig):
    default_site = "config.admin.SamtaleflowAdmin"

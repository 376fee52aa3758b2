"""The site of the administrators: plain Django admin, in Danish."""

from django.contrib.admin import AdminSite


class SamtaleflowAdmin(AdminSite):
    site_header = "Samtaleflow administration"
    site_title = "Samtaleflow"
    index_title = "Administration"

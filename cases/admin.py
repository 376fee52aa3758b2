"""What cases registers in the administration; each page stands with its subject."""

from django.contrib import admin

from cases.accounts import admin as accounts_admin  # noqa: F401 - the import registers users and organisations
from cases.history import admin as history_admin  # noqa: F401 - the import registers the logs
from cases.law.admin.acts import ActAdmin
from cases.models import Act, Reminder
from cases.reminders.admin import ReminderAdmin

admin.site.register(Act, ActAdmin)
admin.site.register(Reminder, ReminderAdmin)

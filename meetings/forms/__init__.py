"""The shape of what is typed about meetings. Whether it is lawful, the services ask the rules."""

from meetings.forms.booking import OWN_TIME, BookingForm, LookForm, wanted
from meetings.forms.citizen import ChannelForm, ExemptionForm, WhyForm
from meetings.forms.outcomes import CancelForm, CorrectForm, RegisterForm

__all__ = [
    "OWN_TIME",
    "BookingForm",
    "CancelForm",
    "ChannelForm",
    "CorrectForm",
    "ExemptionForm",
    "LookForm",
    "RegisterForm",
    "WhyForm",
    "wanted",
]

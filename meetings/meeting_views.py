"""What the pages of one meeting share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from cases.accounts import access
from cases.accounts.access import Permission
from cases.changing import with_parties
from cases.request import AppRequest
from cases.web import case_views
from meetings.models import Meeting
from meetings.rules.lifecycle import MeetingStatus

View = Callable[..., HttpResponse]


def of_meeting(
    permission: Permission, *, is_own: bool = True, to_be: str = "", may_be_closed: bool = False
) -> Callable[[View], View]:
    """Give the view the meeting that the address names: 404 outside one's reach, 403 without the permission.

    Only the organisation that holds the meeting may, unless `is_own` is false. `to_be` is what the page would do
    with a booked meeting; a meeting that is booked no more leads back to its case,
    and so does one of a closed case unless `may_be_closed`.
    """

    def decorate(view: View) -> View:
        @case_views.takes_form
        @wraps(view)
        def found(request: AppRequest, public_id: str, **more: Any) -> HttpResponse:
            visible = Meeting.objects.visible_to(request.user).select_related("organisation", "adviser", "fulfils")
            meeting = get_object_or_404(visible, public_id=public_id)
            access.require(request.user, permission, organisation=meeting.organisation if is_own else None)
            case = meeting.case = with_parties(meeting.case_id)
            # A form that is sent twice meets its own work: then the service knows whether it is the same.
            if to_be and request.method != "POST" and meeting.status != MeetingStatus.BOOKED:
                messages.warning(request, f"Samtalen er {meeting.get_status_display()} og kan ikke {to_be}.")
                return redirect(case)
            if may_be_closed:
                return view(request, meeting, **more)
            return case_views.answer_for(request, case, view, meeting, **more)

        return found

    return decorate


def receipt_of(meeting: Meeting) -> str:
    return f"{meeting.when_text}, {meeting.get_channel_display()}"


def heading_of(meeting: Meeting) -> str:
    text = f"{meeting.in_words}, {meeting.channel_in_words}, {meeting.adviser}"
    return text[0].upper() + text[1:]

"""What stands about a citizen, for the citizen: who read it and why, and all of it as files."""

from django.http import HttpResponse

from cases import clock
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Case, Purpose
from cases.personal_data import export
from cases.request import AppRequest
from cases.web import case_views

FILE_NAME = "indsigt.zip"
#: So many days and purposes are shown on the page; the files have all.
MOST = 50


@case_views.of_case(Permission.GIVE_INSIGHT, is_open=False)
def insight(request: AppRequest, case: Case) -> HttpResponse:
    """Show who read about the citizen, and give the files by a button, which is logged as a reading of its own."""
    if request.method == "POST":
        reach = export.reach(case, request.user)
        access_log.record(request, purpose=Purpose.INSIGHT, cases=reach, detail="alle oplysninger hentet")
        body = export.package(case, user=request.user, at=clock.now())
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
        return HttpResponse(body, content_type="application/zip", headers=headers)
    readings = export.readings(export.reach(case, request.user))
    return case_views.show(
        request,
        case,
        template="cases/personal_data/insight.html",
        title="Indsigt: alt om borgeren",
        purpose=Purpose.INSIGHT,
        readings=readings[:MOST],
        more=len(readings) > MOST,
    )

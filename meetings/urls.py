from django.urls import path

from meetings.views import as_if, bookings, course, handovers, law_changes, on_day, worklist

app_name = "meetings"
urlpatterns = [
    path("", worklist.page, name="worklist"),
    path("arbejdsliste/eksport/<str:fmt>/", worklist.download, name="worklist_export"),
    path("overgange/", handovers.board, name="handovers"),
    path("lovaendringer/<uuid:run>/", law_changes.page, name="law_changes"),
    path("lovaendringer/<uuid:run>/eksport/<str:fmt>/", law_changes.download, name="law_changes_export"),
    path("sager/<uuid:public_id>/", course.page, name="course"),
    path("sager/<uuid:public_id>/pr/", on_day.page, name="on_day"),
    path("sager/<uuid:public_id>/som-om/", as_if.page, name="as_if"),
    path("sager/<uuid:public_id>/book/", bookings.book, name="book"),
    path("sager/<uuid:public_id>/samtaleform/", bookings.channel, name="channel"),
    path("sager/<uuid:public_id>/fritagelser/ny/", bookings.exempt, name="exempt"),
    path("samtaler/<uuid:public_id>/flyt/", bookings.move, name="move"),
    path("samtaler/<uuid:public_id>/aflys/", bookings.cancel, name="cancel"),
    path("samtaler/<uuid:public_id>/udfald/", bookings.register, name="register"),
    path("samtaler/<uuid:public_id>/ret/", bookings.correct, name="correct"),
    path("samtaler/<uuid:public_id>/a-kasse/", bookings.fund_wish, name="fund_wish"),
    path("fritagelser/<uuid:public_id>/fjern/", bookings.exemption_end, name="exemption_end"),
    path("fritagelser/<uuid:public_id>/fasthold/", bookings.keep_duty, name="keep_duty"),
]

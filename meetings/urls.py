from django.urls import path

from meetings.views import course, handovers, worklist

app_name = "meetings"
urlpatterns = [
    path("", worklist.page, name="worklist"),
    path("arbejdsliste/eksport/<str:fmt>/", worklist.download, name="worklist_export"),
    path("overgange/", handovers.board, name="handovers"),
    path("sager/<uuid:public_id>/", course.page, name="course"),
]

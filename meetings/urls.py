from django.urls import path

from cases.ui.case_tabs import Tab
from meetings.booking import views as booking_views
from meetings.calendar import views as calendar_views
from meetings.calendar_links import views as calendar_links_views
from meetings.case_page import on_day_views
from meetings.case_page import views as case_page_views
from meetings.channel import views as channel_views
from meetings.deputies import views as deputies_views
from meetings.exemptions import views as exemptions_views
from meetings.former_cases import views as former_cases_views
from meetings.handover_board import views as handover_board_views
from meetings.law import as_if_views, changes_views
from meetings.list_jobs import views as list_jobs_views
from meetings.month_plan import views as month_plan_views
from meetings.no_shows import views as no_shows_views
from meetings.outcomes import views as outcomes_views
from meetings.overview import views as overview_views
from meetings.rules.no_shows import NoShowStepKind
from meetings.unattended import views as unattended_views
from meetings.unbooked import views as unbooked_views
from meetings.working_time import views as working_time_views
from meetings.worklist import saved_views
from meetings.worklist import views as worklist_views

app_name = "meetings"
urlpatterns = [
    path("", worklist_views.page, name="worklist"),
    path("arbejdsliste/naeste/", worklist_views.next_row, name="next_row"),
    path("arbejdsliste/visninger/", saved_views.listed, name="saved_views"),
    path("arbejdsliste/visninger/ny/", saved_views.add, name="saved_view_add"),
    path("arbejdsliste/visninger/<uuid:public_id>/", saved_views.change, name="saved_view"),
    path("arbejdsliste/visninger/<uuid:public_id>/fjern/", saved_views.remove, name="saved_view_remove"),
    path("arbejdsliste/eksport/<str:fmt>/", worklist_views.download, name="worklist_export"),
    path("overblik/", overview_views.page, name="overview"),
    path("overblik/eksport/<str:fmt>/", overview_views.download, name="overview_export"),
    path("overblik/liste/", overview_views.listed, name="overview_list"),
    path("overblik/liste/eksport/<str:fmt>/", overview_views.download_list, name="overview_list_export"),
    path("arbejdsliste/samlet/", worklist_views.choose, name="list_job_choose"),
    path("samlet/<uuid:public_id>/", list_jobs_views.page, name="list_job"),
    path("samlet/<uuid:public_id>/tider/", month_plan_views.chosen, name="month_plan_chosen"),
    path("samlet/<uuid:public_id>/udfoer/", list_jobs_views.start, name="list_job_start"),
    path("samlet/<uuid:public_id>/fortryd/", list_jobs_views.undo, name="list_job_undo"),
    path("kalender/", calendar_views.page, name="calendar"),
    path("kalender/andre/", calendar_links_views.page, name="calendar_links"),
    path("kalender/andre/lav/", calendar_links_views.make, name="calendar_feed_make"),
    path("kalender/andre/luk/", calendar_links_views.revoke, name="calendar_feed_revoke"),
    path("kalender/andre/glem/", calendar_links_views.forget, name="busy_calendar_forget"),
    path("kalender/abonnement/<str:token>.ics", calendar_links_views.feed, name="calendar_feed"),
    path("arbejdstid/", working_time_views.own, name="working_time"),
    path("arbejdstid/lukkedage/ny/", working_time_views.close_day, name="closing_day"),
    path("arbejdstid/lukkedage/<uuid:public_id>/fjern/", working_time_views.forget_day, name="closing_day_forget"),
    path("arbejdstid/loft/", working_time_views.office_caps, name="office_caps"),
    path("arbejdstid/<uuid:public_id>/", working_time_views.page, name="working_time_of"),
    path("arbejdstid/<uuid:public_id>/timer/", working_time_views.hours, name="working_hours"),
    path("arbejdstid/<uuid:public_id>/loft/", working_time_views.caps, name="talk_caps"),
    path("arbejdstid/<uuid:public_id>/fravaer/nyt/", working_time_views.add_absence, name="staff_absence_add"),
    path("medarbejderfravaer/<uuid:public_id>/", working_time_views.absence, name="staff_absence"),
    path("medarbejderfravaer/<uuid:public_id>/fjern/", working_time_views.remove_absence, name="staff_absence_remove"),
    path("samtaler/uden-medarbejder/", unattended_views.page, name="unattended"),
    path("arbejdsliste/plan/", month_plan_views.plans, name="month_plans"),
    path("arbejdsliste/plan/fravaer/", month_plan_views.absence, name="month_plan_absence"),
    path("arbejdsliste/plan/<uuid:public_id>/", month_plan_views.plan, name="month_plan"),
    path("arbejdsliste/plan/<uuid:public_id>/beslut/", month_plan_views.decide, name="month_plan_decide"),
    path("stedfortraedere/", deputies_views.page, name="deputies"),
    path("stedfortraedere/ny/", deputies_views.add, name="deputy_add"),
    path("stedfortraedere/<uuid:public_id>/afslut/", deputies_views.end, name="deputy_end"),
    path("overgange/", handover_board_views.board, name="handovers"),
    path("tidligere-sager/", former_cases_views.listed, name="former_cases"),
    path("tidligere-sager/<uuid:public_id>/", former_cases_views.page, name="former_case"),
    path("lovaendringer/<uuid:run>/", changes_views.page, name="law_changes"),
    path("lovaendringer/<uuid:run>/eksport/<str:fmt>/", changes_views.download, name="law_changes_export"),
    path("sager/<uuid:public_id>/", case_page_views.page, name="course"),
    path("sager/<uuid:public_id>/samtaler/", case_page_views.page, {"tab": Tab.TALKS}, name="course_talks"),
    path("sager/<uuid:public_id>/plan/", case_page_views.page, {"tab": Tab.PLAN}, name="course_plan"),
    path("sager/<uuid:public_id>/fravaer/", case_page_views.page, {"tab": Tab.ABSENCE}, name="course_absence"),
    path("sager/<uuid:public_id>/historik/", case_page_views.page, {"tab": Tab.HISTORY}, name="course_history"),
    path("sager/<uuid:public_id>/oplysninger/", case_page_views.page, {"tab": Tab.FACTS}, name="course_facts"),
    path("sager/<uuid:public_id>/hele/", case_page_views.page, {"tab": Tab.WHOLE}, name="course_whole"),
    path("sager/<uuid:public_id>/pr/", on_day_views.page, name="on_day"),
    path("sager/<uuid:public_id>/som-om/", as_if_views.page, name="as_if"),
    path("sager/<uuid:public_id>/book/", booking_views.book, name="book"),
    path("sager/<uuid:public_id>/registrer/", unbooked_views.enter, name="enter"),
    path("sager/<uuid:public_id>/samtaleform/", channel_views.channel, name="channel"),
    path("sager/<uuid:public_id>/a-kasse/", channel_views.fund_wish_at_first, name="fund_wish_at_first"),
    path("sager/<uuid:public_id>/fritagelser/ny/", exemptions_views.exempt, name="exempt"),
    path("samtaler/<uuid:public_id>/flyt/", booking_views.move, name="move"),
    path("samtaler/<uuid:public_id>/link/", channel_views.link, name="link"),
    path("samtaler/<uuid:public_id>/aflys/", booking_views.cancel, name="cancel"),
    path("samtaler/<uuid:public_id>/udfald/", outcomes_views.register, name="register"),
    path("samtaler/<uuid:public_id>/traek-tilbage/", unbooked_views.withdraw, name="withdraw"),
    path("samtaler/<uuid:public_id>/ret/", outcomes_views.correct, name="correct"),
    path("samtaler/<uuid:public_id>/udeblivelse/", no_shows_views.no_show, name="no_show"),
    path(
        "samtaler/<uuid:public_id>/udeblivelse/hoering/",
        no_shows_views.step,
        {"kind": NoShowStepKind.HEARING},
        name="hear",
    ),
    path(
        "samtaler/<uuid:public_id>/udeblivelse/underretning/",
        no_shows_views.step,
        {"kind": NoShowStepKind.NOTICE},
        name="notify",
    ),
    path(
        "samtaler/<uuid:public_id>/udeblivelse/indkaldelse/",
        no_shows_views.step,
        {"kind": NoShowStepKind.SUMMONS},
        name="summon",
    ),
    path("udeblivelser/<uuid:public_id>/svar/", no_shows_views.answer, name="hearing_answer"),
    path("udeblivelser/<uuid:public_id>/traek-tilbage/", no_shows_views.withdraw, name="no_show_withdraw"),
    path("udeblivelser/hoeringsfrister/", no_shows_views.hearings, name="hearings"),
    path("samtaler/<uuid:public_id>/a-kasse/", channel_views.fund_wish, name="fund_wish"),
    path("fritagelser/<uuid:public_id>/fjern/", exemptions_views.exemption_end, name="exemption_end"),
    path("fritagelser/<uuid:public_id>/fasthold/", exemptions_views.keep_duty, name="keep_duty"),
]

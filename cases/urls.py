from django.urls import path

from cases.citizen import views as citizen_views
from cases.closing import views as closing_views
from cases.corrections import views as corrections_views
from cases.documents import views as documents_views
from cases.erasure import views as erasure_views
from cases.handover import views as handover_views
from cases.imports import views as imports_views
from cases.intake import views as intake_views
from cases.joining import views as joining_views
from cases.law import calculator_views
from cases.law import views as law_views
from cases.lookup import views as lookup_views
from cases.notes import views as notes_views
from cases.numbers import views as numbers_views
from cases.parties import views as parties_views
from cases.pauses import views as pauses_views
from cases.personal_data import views as personal_data_views
from cases.plans import views as plans_views
from cases.post import views as post_views
from cases.texts import views as texts_views
from cases.unsaved import views as unsaved_views
from cases.video import views as video_views
from cases.web import site_views, undo_views

app_name = "cases"
urlpatterns = [
    path("ny/", intake_views.create, name="create"),
    path("soeg/", lookup_views.find, name="search"),
    path("soeg/forslag/", lookup_views.suggest, name="suggest"),
    path("aktiv/", site_views.keep_alive, name="keep_alive"),
    path("blokeret/", site_views.csp_report, name="csp_report"),
    path("mit-videorum/", video_views.own_room, name="own_room"),
    path("standardtekster/", texts_views.texts, name="texts"),
    path("standardtekster/ny/", texts_views.add, name="text_add"),
    path("standardtekster/<uuid:public_id>/", texts_views.change, name="text_change"),
    path("standardtekster/<uuid:public_id>/brug/", texts_views.use, name="text_use"),
    path("kladder/gem/", unsaved_views.keep_draft, name="unsaved_draft"),
    path("kladder/<uuid:public_id>/kasser/", unsaved_views.discard, name="unsaved_discard"),
    path("tilgaengelighed/", site_views.accessibility, name="accessibility"),
    path("ikke-naaet/", post_views.not_reached, name="not_reached"),
    path("<uuid:public_id>/post/", post_views.post_book, name="post_book"),
    path("post/<uuid:public_id>/pdf/", post_views.letter, name="post_letter"),
    path("post/<uuid:public_id>/send-igen/", post_views.again, name="post_again"),
    path("post/<uuid:public_id>/sendt-med-brev/", post_views.by_hand, name="post_by_hand"),
    path("<uuid:public_id>/ret/", corrections_views.correct, name="correct"),
    path("<uuid:public_id>/borger/", citizen_views.citizen, name="citizen"),
    path("<uuid:public_id>/tildel/", corrections_views.assign, name="assign"),
    path("fortryd/<uuid:public_id>/", undo_views.undo, name="undo"),
    path("<uuid:public_id>/cpr-nummer/", numbers_views.change, name="change_number"),
    path("<uuid:public_id>/saml/", joining_views.join, name="join"),
    path("<uuid:public_id>/skil-ad/", joining_views.separate, name="separate"),
    path("<uuid:public_id>/parter/", parties_views.change, name="change_parties"),
    path("<uuid:public_id>/afslut/", closing_views.close, name="close"),
    path("<uuid:public_id>/genaabn/", closing_views.reopen, name="reopen"),
    path("<uuid:public_id>/ny-indplacering/", intake_views.place_anew, name="place_anew"),
    path("opgaver/", notes_views.tasks, name="tasks"),
    path("<uuid:public_id>/notater/nyt/", notes_views.add, name="note_add"),
    path("notater/<uuid:public_id>/udfoert/", notes_views.finish, name="note_finish"),
    path("notater/<uuid:public_id>/aabn/", notes_views.reopen, name="note_reopen"),
    path("<uuid:public_id>/pauser/ny/", pauses_views.add, name="pause_add"),
    path("pauser/<uuid:public_id>/", pauses_views.change, name="pause_change"),
    path("pauser/<uuid:public_id>/fjern/", pauses_views.remove, name="pause_remove"),
    path("<uuid:public_id>/timer/", pauses_views.hours, name="hours"),
    path("<uuid:public_id>/overgang/", handover_views.hand_over, name="hand_over"),
    path("<uuid:public_id>/overgang/ret/", handover_views.correct_day, name="hand_over_correct"),
    path("<uuid:public_id>/overgang/traek-tilbage/", handover_views.withdraw, name="hand_over_withdraw"),
    path("<uuid:public_id>/modtag/", handover_views.receive, name="receive"),
    path("sletning/", erasure_views.page, name="erasure"),
    path("sletning/<uuid:public_id>/godkend/", erasure_views.approve, name="erasure_approve"),
    path("sletning/<uuid:public_id>/traek-tilbage/", erasure_views.withdraw, name="erasure_withdraw"),
    path("<uuid:public_id>/bevar/", erasure_views.hold, name="hold"),
    path("<uuid:public_id>/indsigt/", personal_data_views.insight, name="insight"),
    path("<uuid:public_id>/cpr/", lookup_views.show_cpr, name="show_cpr"),
    path("<uuid:public_id>/min-plan/", plans_views.plan, name="plan"),
    path("<uuid:public_id>/min-plan/skriv/", plans_views.write, name="plan_write"),
    path("<uuid:public_id>/min-plan/kladde/", plans_views.autosave, name="plan_autosave"),
    path("<uuid:public_id>/min-plan/kladde/slet/", plans_views.discard, name="plan_discard"),
    path("<uuid:public_id>/min-plan/sammenlign/", plans_views.compare, name="plan_compare"),
    path("<uuid:public_id>/min-plan/<int:number>/", plans_views.plan, name="plan_version"),
    path("<uuid:public_id>/min-plan/<int:number>/pdf/", plans_views.pdf, name="plan_pdf"),
    path("<uuid:public_id>/maal/", plans_views.aim, name="aim"),
    path("importer/", imports_views.import_cases, name="import"),
    path("importer/skabelon/", imports_views.import_template, name="import_template"),
    path("importer/<uuid:public_id>/", imports_views.import_run, name="import_run"),
    path("importer/<uuid:public_id>/start/", imports_views.import_start, name="import_start"),
    path("importer/<uuid:public_id>/glem/", imports_views.import_discard, name="import_discard"),
    path("importer/<uuid:public_id>/tag-tilbage/", imports_views.import_take_back, name="import_take_back"),
    path("importer/<uuid:public_id>/ikke-taget-med/", imports_views.import_refused, name="import_refused"),
    path("importer/<uuid:public_id>/linje/<int:line>/", imports_views.import_row, name="import_row"),
]

# The municipality's own duties have nothing to do with a case, nor has their address.
duty_urlpatterns = [
    path("", documents_views.duties, name="list"),
    path("ny/", documents_views.add, name="add"),
    path("<uuid:public_id>/", documents_views.document, name="document"),
]

# Nor has the law, to read and to ask.
law_urlpatterns = [
    path("", law_views.in_force, name="in_force"),
    path("sammenlign/", law_views.compare, name="compare"),
    path("vaerdi/<str:key>/", law_views.history, name="history"),
    path("love/", law_views.acts, name="acts"),
    path("love/<slug:slug>/", law_views.act, name="act"),
    path("beregner/", calculator_views.calculate, name="calculator"),
    path("beregner/<slug:address>/", calculator_views.calculate, name="question"),
]

from django.urls import path

from cases.views import case, handover, imports, intake, lookups, municipal, pauses, plans, site

app_name = "cases"
urlpatterns = [
    path("ny/", intake.create, name="create"),
    path("soeg/", lookups.find, name="search"),
    path("aktiv/", site.keep_alive, name="keep_alive"),
    path("tilgaengelighed/", site.accessibility, name="accessibility"),
    path("<uuid:public_id>/ret/", case.correct, name="correct"),
    path("<uuid:public_id>/borger/", case.citizen, name="citizen"),
    path("<uuid:public_id>/tildel/", case.assign, name="assign"),
    path("<uuid:public_id>/afslut/", case.close, name="close"),
    path("<uuid:public_id>/ny-indplacering/", intake.place_anew, name="place_anew"),
    path("<uuid:public_id>/pauser/ny/", pauses.add, name="pause_add"),
    path("pauser/<uuid:public_id>/", pauses.change, name="pause_change"),
    path("pauser/<uuid:public_id>/fjern/", pauses.remove, name="pause_remove"),
    path("<uuid:public_id>/timer/", pauses.hours, name="hours"),
    path("<uuid:public_id>/overgang/", handover.hand_over, name="hand_over"),
    path("<uuid:public_id>/modtag/", handover.receive, name="receive"),
    path("<uuid:public_id>/cpr/", lookups.show_cpr, name="show_cpr"),
    path("<uuid:public_id>/min-plan/", plans.plan, name="plan"),
    path("<uuid:public_id>/min-plan/skriv/", plans.write, name="plan_write"),
    path("<uuid:public_id>/min-plan/kladde/", plans.autosave, name="plan_autosave"),
    path("<uuid:public_id>/min-plan/kladde/slet/", plans.discard, name="plan_discard"),
    path("<uuid:public_id>/min-plan/sammenlign/", plans.compare, name="plan_compare"),
    path("<uuid:public_id>/min-plan/<int:number>/", plans.plan, name="plan_version"),
    path("<uuid:public_id>/min-plan/<int:number>/pdf/", plans.pdf, name="plan_pdf"),
    path("<uuid:public_id>/maal/", plans.aim, name="aim"),
    path("importer/", imports.import_cases, name="import"),
    path("importer/skabelon/", imports.import_template, name="import_template"),
    path("importer/<uuid:public_id>/", imports.import_run, name="import_run"),
    path("importer/<uuid:public_id>/start/", imports.import_start, name="import_start"),
    path("importer/<uuid:public_id>/glem/", imports.import_discard, name="import_discard"),
    path("importer/<uuid:public_id>/tag-tilbage/", imports.import_take_back, name="import_take_back"),
    path("importer/<uuid:public_id>/ikke-taget-med/", imports.import_refused, name="import_refused"),
    path("importer/<uuid:public_id>/linje/<int:line>/", imports.import_row, name="import_row"),
]

# The municipality's own duties have nothing to do with a case, nor has their address.
duty_urlpatterns = [
    path("", municipal.duties, name="list"),
    path("ny/", municipal.add, name="add"),
    path("<uuid:public_id>/", municipal.document, name="document"),
]

from django.urls import path

from cases.views import imports

app_name = "cases"
urlpatterns = [
    path("importer/", imports.import_cases, name="import"),
    path("importer/skabelon/", imports.import_template, name="import_template"),
    path("importer/<uuid:public_id>/", imports.import_run, name="import_run"),
    path("importer/<uuid:public_id>/start/", imports.import_start, name="import_start"),
    path("importer/<uuid:public_id>/glem/", imports.import_discard, name="import_discard"),
    path("importer/<uuid:public_id>/ikke-taget-med/", imports.import_refused, name="import_refused"),
]

"""Every table and column is classified, and what leads to a citizen counts as a citizen's."""

from django.apps import apps

from cases.models import Case, Citizen
from cases.personal_data.classification import OF_NOBODY, OF_PERSONS

MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
PEOPLE = (Citizen, Case)

#: The same word in Danish.
SAME = {"organisation", "status"}


def columns(model):
    return sorted(field.name for field in model._meta.concrete_fields)


def leads_to_a_citizen(model, seen=()):
    """Whether a chain of foreign keys leads from a row to a person."""
    if model in PEOPLE:
        return True
    targets = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return any(leads_to_a_citizen(one, (*seen, model)) for one in targets - {model, *seen})


def end_of(model, path):
    for name in path.split("__"):
        if name != "pk":
            model = model._meta.get_field(name).related_model
    return model


def test_every_table_is_classified_once():
    assert sorted([*OF_PERSONS, *OF_NOBODY]) == sorted(MODELS)


def test_every_column_about_a_person_is_given_or_kept_once():
    told = {name: sorted([*of.given.split(), *of.kept.split()]) for name, of in OF_PERSONS.items()}
    assert told == {name: columns(MODELS[name]) for name in OF_PERSONS}


def test_what_leads_to_a_citizen_is_the_citizens():
    assert {name for name, model in MODELS.items() if leads_to_a_citizen(model)} == set(OF_PERSONS)


def test_each_path_ends_where_it_says():
    for name, of in OF_PERSONS.items():
        assert bool(of.case) != bool(of.citizen), name
        assert end_of(MODELS[name], of.case or of.citizen) is (Case if of.case else Citizen), name
        if of.owner:
            assert end_of(MODELS[name], of.owner)._meta.db_table == "cases_organisation"


def test_what_is_given_names_nobody_of_the_staff_and_has_a_danish_name():
    """Foreign keys alone: texts are as they were written."""
    for name, of in OF_PERSONS.items():
        given = [MODELS[name]._meta.get_field(column) for column in of.given.split()]
        related = {field.related_model._meta.db_table for field in given if field.is_relation}
        assert related <= {"cases_organisation", "meetings_explanation"}
        assert {field.name for field in given if field.verbose_name == field.name.replace("_", " ")} <= SAME, name

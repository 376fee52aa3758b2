"""The addresses of our own are those that Django would have looked up."""

from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from cases.links import address, link_to


def test_it_is_what_the_name_and_the_id_give():
    for name in ("meetings:course", "meetings:book", "cases:receive", "cases:assign", "meetings:register"):
        one = uuid4()
        assert link_to(name, one) == reverse(name, args=[one]) == link_to(name, str(one))


def test_it_follows_the_place_of_the_site():
    one = uuid4()
    at_the_root = link_to("meetings:course", one)
    try:
        set_script_prefix("/dybere/")
        assert link_to("meetings:course", one) == f"/dybere{at_the_root}"
    finally:
        set_script_prefix("/")


def test_a_name_that_needs_more_is_refused():
    with pytest.raises(NoReverseMatch):
        link_to("meetings:worklist", uuid4())


class TestAddress:
    @pytest.mark.parametrize(
        ("name", "args"),
        [
            ("meetings:worklist", ()),
            ("law:history", ("contact_course_months",)),
            ("meetings:worklist_export", ("csv",)),
            ("admin:cases_act_change", (7,)),
            ("meetings:course", (uuid4(),)),
        ],
    )
    def test_is_that_of_django_each_time(self, name, args):
        assert [address(name, *args) for _ in range(2)] == [reverse(name, args=args)] * 2

    def test_follows_the_place_of_the_site(self):
        at_the_root = address("meetings:worklist")
        try:
            set_script_prefix("/dybere/")
            assert address("meetings:worklist") == f"/dybere{at_the_root}"
        finally:
            set_script_prefix("/")

    def test_of_a_name_without_one_is_refused(self):
        with pytest.raises(NoReverseMatch):
            address("meetings:nowhere")


class TestTagOfATemplate:
    @pytest.mark.parametrize(
        ("tag", "drawn"),
        [
            ("{% url 'law:history' key %}", "/regler/"),
            ("{% url 'law:history' key as found %}[{{ found }}]", "[/regler/"),
            ("{% url name %}", "/regler/"),
        ],
    )
    def test_draws_the_address(self, tag, drawn):
        context = Context({"key": "contact_course_months", "name": "law:in_force"})
        assert Template(tag).render(context).startswith(drawn)

    def test_gives_nothing_into_a_name_where_there_is_none(self):
        assert Template("{% url 'law:nowhere' as found %}[{{ found }}]").render(Context()) == "[]"

    def test_refuses_what_there_is_not(self):
        with pytest.raises(NoReverseMatch):
            Template("{% url 'law:nowhere' %}").render(Context())

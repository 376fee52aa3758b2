"""The links of a list's rows are those that Django would have looked up."""

from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from cases.links import link_to


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

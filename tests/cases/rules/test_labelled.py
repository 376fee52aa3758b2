from enum import Enum

import pytest

from cases.law.health import Level
from cases.rules.labelled import Labelled
from meetings.rules.kinds import Channel, MeetingKind


@pytest.mark.parametrize("codes", Labelled.__subclasses__(), ids=lambda codes: f"{codes.__module__}.{codes.__name__}")
def test_every_code_has_a_danish_name(codes: type[Labelled]):
    assert all(member.label for member in codes)


@pytest.mark.parametrize("codes", [MeetingKind, Level])
def test_what_is_counted_has_a_plural(codes: type[Labelled]):
    assert all(member.plural for member in codes)


def test_a_code_is_stored_and_found_by_itself_alone():
    assert (Channel("video"), Channel.VIDEO.value, str(Channel.VIDEO)) == (Channel.VIDEO, "video", "video")
    assert isinstance(Channel.VIDEO, Enum)


def test_a_form_offers_each_with_a_capital_letter_or_only_those_it_is_given():
    assert Channel.choices() == {"attendance": "personligt fremmøde", "telephone": "telefon", "video": "video"}
    assert Channel.options()[0] == ("attendance", "Personligt fremmøde")
    assert Channel.options([Channel.VIDEO]) == [("video", "Video")]
    assert Channel.options([]) == []

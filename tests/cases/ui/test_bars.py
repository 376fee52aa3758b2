"""Bars and their table: the same numbers, written in Danish, and geometry that no language breaks."""

import pytest

from cases.ui.bars import Bars, Number, Row


@pytest.mark.parametrize(("value", "shown"), [(1204, "1.204"), (7.5, "7,5"), (0, "0"), (1234.5, "1.234,5")])
def test_a_number_is_written_in_danish(value, shown):
    assert Number(value).shown == shown


def chart(*rows, heads=("Uge", "Frister", "Heraf booket")):
    return Bars("uger", "Uger", "", heads, rows)


def test_the_longest_bar_takes_all_the_room_and_the_others_their_part():
    lanes = chart(Row("49", [Number(8), Number(4)]), Row("50", [Number(0), Number(0)])).lanes

    assert [[bar.width for bar in lane.bars] for lane in lanes] == [["68.00%", "34.00%"], ["0.00%", "0.00%"]]
    assert [lane.bars[0].y for lane in lanes] == ["0", "46"]


def test_nothing_at_all_can_be_drawn():
    assert chart().lanes == []
    assert chart(Row("49", [Number(0), Number(0)])).lanes[0].bars[0].width == "0.00%"


def test_what_is_only_told_is_no_series():
    told = chart(Row("Telefon", [Number(7)], ["16,7 %"]), heads=("Form", "Samtaler", "Andel"))

    assert (told.series, told.key) == (("Samtaler",), [])
    assert told.lanes[0].bars[0].text == "7, 16,7 %"
    assert chart(Row("49", [Number(8), Number(4)])).key == [(1, "Frister"), (2, "Heraf booket")]

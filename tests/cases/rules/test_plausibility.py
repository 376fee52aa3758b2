import pytest

from cases.rules.plausibility import doubts
from tests.law import day

USUAL = {"registered_on": "2024-01-08", "placed_on": "2024-01-15", "born_on": "1980-05-01", "today": "2024-01-20"}


def doubted(**dates):
    return doubts(**{name: day(text) for name, text in {**USUAL, **dates}.items()})


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        pytest.param({}, None, id="an ordinary case"),
        pytest.param({"today": "2025-01-08"}, None, id="registered a year ago"),
        pytest.param({"today": "2025-01-09"}, "mere end et år tilbage", id="registered more than a year ago"),
        pytest.param({"today": "2024-01-15"}, None, id="placed today"),
        pytest.param({"today": "2024-01-14"}, "ligger i fremtiden", id="placed tomorrow"),
        pytest.param({"born_on": "2006-01-08"}, None, id="18 on the day of registration"),
        pytest.param({"born_on": "2006-01-09"}, "under 18 år", id="18 the day after"),
        pytest.param({"born_on": "1954-01-09"}, None, id="70 the day after"),
        pytest.param({"born_on": "1954-01-08"}, "70 år eller mere", id="70 on the day of registration"),
    ],
)
def test_dates_that_are_probably_a_mistake_are_asked_about(dates, sentence):
    found = doubted(**dates)

    assert len(found) == (sentence is not None)
    assert sentence is None or sentence in found[0]

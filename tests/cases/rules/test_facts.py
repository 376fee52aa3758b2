from datetime import date

import pytest

from cases.rules.facts import BadFacts, ExemptionFact, PauseFact
from tests.law import course, span


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"placed_on": date(2024, 1, 14)}, "Indplaceringen den 14. januar 2024 ligger før tilmeldingen"),
        ({"born_on": date(2024, 1, 15)}, "Fødselsdagen den 15. januar 2024"),
        ({"target_group": 0}, "Målgruppe 0 findes ikke"),
        ({"handed_over_on": date(2024, 1, 14)}, "Overgangen den 14. januar 2024 ligger før tilmeldingen"),
    ],
)
def test_facts_that_cannot_be_are_refused_in_one_sentence(facts, sentence):
    with pytest.raises(BadFacts, match=sentence):
        course("2024-01-15", **facts)


def test_facts_on_the_border_are_accepted():
    assert course("2024-01-15", born_on=date(2024, 1, 14), handed_over_on=date(2024, 1, 15), target_group=13)


def test_unknown_kinds_are_refused_with_those_that_exist():
    with pytest.raises(BadFacts, match="»fest« er ikke en slags pause. Vælg employment"):
        PauseFact("fest", span("2024-01-15", None))
    with pytest.raises(BadFacts, match="»fest« er ikke en fritagelsesgrund. Vælg ordinary_job"):
        ExemptionFact("fest", span("2024-01-15", None))

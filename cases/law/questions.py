"""The question that every app can be asked: the values of the law on a day. It has pages of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from cases.law.calculator import Question, QuestionForm, in_columns
from cases.rules.declaring import REGISTRY
from cases.rules.rule_book import Value
from cases.ui.fields import DateField

Values = dict[str, Value]


class ValuesForm(QuestionForm):
    on = DateField(label="Dagen")
    may_have_pauses = False


class ValuesQuestion(Question):
    """Every declared value on a day, by key."""

    name = "values"
    help = "alle regelværdier på en dag"
    form = ValuesForm

    def ask(self, facts: Mapping[str, Any], law: Any) -> Values:
        return {key: law.book.value_on(REGISTRY[key], facts["on"]) for key in sorted(REGISTRY)}

    def data(self, found: Values) -> dict[str, Any]:
        return {
            key: {"value": _plain(value.value), "act": value.act.slug, "legal_basis": value.legal_basis}
            for key, value in found.items()
        }

    def lines(self, found: Values) -> Iterator[str]:
        rows = [
            (key, value.parameter.text_of(value.value) or "ingen", value.act.slug, value.legal_basis)
            for key, value in found.items()
        ]
        return in_columns(("Regelværdi", "Værdi", "Lov", "Hjemmel"), rows)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value

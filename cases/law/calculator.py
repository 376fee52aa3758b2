"""A question to the law, on a page and on the command line: dates and facts, never a person, and nothing is stored.

Each app says which questions it answers; here is what they have in common.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.urls import reverse

from cases.rules.explanation import Step
from cases.rules.facts import PauseFact, PauseKind
from cases.rules.labelled import Labelled
from cases.rules.period import Period
from cases.rules.rule_book import Act, NotInForce, RuleBook
from cases.rules.wording import day_text
from cases.ui.fields import DateField
from cases.ui.forms import PageForm

PAUSE_ROWS = (1, 2, 3)
#: Nobody follows a contact course outside these; a slip of the keys does.
YOUNGEST, OLDEST = 15, 99
_PAUSES = (
    "Pauser, hvis der er nogen",
    tuple((f"pause_{n}_kind", f"pause_{n}_first", f"pause_{n}_last") for n in PAUSE_ROWS),
)


class CodeField(forms.TypedChoiceField):
    """One of a list of codes; `noun` says what each is, as in »tea« er ikke en slags samtale."""

    def __init__(self, codes: type[Labelled], *, label: str, noun: str, pick: str, **kwargs: Any) -> None:
        self.codes, self.noun = codes, noun
        super().__init__(
            label=label, coerce=codes, choices=codes.options(), error_messages={"invalid_choice": pick}, **kwargs
        )


class NumberField(forms.IntegerField):
    """A small number, typed in a narrow field; all that is wrong with it is told by one sentence."""

    def __init__(self, *, label: str, smallest: int, largest: int, refusal: str, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            min_value=smallest,
            max_value=largest,
            widget=forms.TextInput(attrs={"class": "input-char-4", "inputmode": "numeric", "autocomplete": "off"}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), refusal),
            **kwargs,
        )


class QuestionForm(PageForm):
    """Asks what every question asks: pauses, one in a row, and for those who write drafts, a draft to count as law."""

    #: Where a refusal by the rules stands when no date of its own is to blame.
    blamed = "placed_on"
    #: It is only asked what the law would say: any day may be tried.
    asks_about_far_days = False
    facts: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    #: The facts that a command asks for in another way than the page, by the name of the page's field.
    on_command_line: ClassVar[Mapping[str, tuple[str, forms.Field]]] = {}
    may_have_pauses = True

    def __init__(self, *args: Any, drafts: Sequence[Act] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in PAUSE_ROWS:
            self.fields[f"pause_{n}_kind"] = forms.ChoiceField(
                label=f"Pause {n}",
                choices=[("", "Ingen"), *PauseKind.options()],
                required=False,
                error_messages={"invalid_choice": "Vælg pausens slags på listen."},
            )
            for part, label in (("first", "Første dag"), ("last", "Sidste dag")):
                field = DateField(label=label, required=False, help_text="")
                field.widget.attrs["aria-label"] = f"{label} i pause {n}"
                self.fields[f"pause_{n}_{part}"] = field
        if drafts:
            self.fields["draft"] = forms.ChoiceField(
                label="Sammenlign med et udkast",
                choices=[("", "Intet udkast"), *((draft.slug, draft.title) for draft in drafts)],
                required=False,
                error_messages={"invalid_choice": "Vælg et udkast på listen."},
            )

    @property
    def groups(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:  # type: ignore[override]  # what is asked decides it
        draft = (("Udkast", ("draft",)),) if "draft" in self.fields else ()
        return (*self.facts, _PAUSES, *draft)

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_method = "get"
        return helper

    def clean(self) -> dict[str, Any]:
        pauses = [self._pause(n) for n in PAUSE_ROWS]
        self.cleaned_data["pauses"] = tuple(pause for pause in pauses if pause is not None)
        return self.cleaned_data

    def _pause(self, n: int) -> PauseFact | None:
        names = [f"pause_{n}_{part}" for part in ("kind", "first", "last")]
        if not any(self.data.get(name) for name in names) or self.errors.keys() & set(names):
            return None
        typed: list[Any] = [self.cleaned_data.get(name) for name in names]
        kind, first, last = typed
        asked_for = ("Vælg pausens slags.", "Skriv pausens første dag.", "Skriv pausens sidste dag.")
        for name, value, text in zip(names, typed, asked_for, strict=True):
            if not value:
                self.add_error(name, text)
                return None
        if last < first:
            self.add_error(names[2], "Sidste dag ligger før første dag. Ret en af de to datoer.")
            return None
        return PauseFact(kind=kind, span=Period.of_days_inclusive(first, last))

    def refuse(self, error: ValueError) -> None:
        """Say at the field what the rules cannot answer."""
        field = self.blamed
        if isinstance(error, NotInForce):
            field = next((name for name, value in self.cleaned_data.items() if value == error.day), field)
        self.add_error(field, str(error))


# The answers, as the page shows them


@dataclass(frozen=True)
class Explained:
    """Shows one step of an explanation with its legal basis; without a slug this reader has no page of the act."""

    text: str
    legal_basis: str
    act: str
    slug: str


@dataclass(frozen=True)
class MeetingLine:
    title: str
    responsible: str
    window_from: Any
    due_on: Any
    is_enforced: bool
    legal_basis: str
    why: tuple[Explained, ...]


@dataclass(frozen=True)
class Answer:
    """Holds what the page says: the answer, why, and the same as data; without a badge it is neither good nor bad."""

    says: str
    heading: str = ""
    badge: str = ""
    is_good: bool = True
    details: tuple[str, ...] = ()
    meetings: tuple[MeetingLine, ...] = ()
    why: tuple[Explained, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the answer as plain text, to be pasted somewhere else."""
        lines = [self.heading, self.says, *self.details]
        for meeting in self.meetings:
            lines += [
                "",
                f"{meeting.title}, {meeting.responsible}: fra den {day_text(meeting.window_from)}, "
                f"senest den {day_text(meeting.due_on)}{'' if meeting.is_enforced else ' (historisk, kræves ikke)'}",
                *_lines(meeting.why),
            ]
        return "\n".join([*lines, *_lines(self.why)])


def _lines(why: Sequence[Explained]) -> list[str]:
    return [f"- {step.text}{f' ({step.legal_basis})' if step.legal_basis else ''}" for step in why]


Explain = Callable[[Sequence[Step]], tuple[Explained, ...]]


def explainer(readable: Sequence[Act], known: Sequence[Act]) -> Explain:
    """Writes steps with the titles of their acts, and with the way to those that have a page for this reader."""
    titles = {act.slug: act.title for act in known}
    slugs = {act.slug for act in readable}

    def explain(steps: Sequence[Step]) -> tuple[Explained, ...]:
        return tuple(
            Explained(
                step.text,
                step.legal_basis,
                titles.get(step.act or "", ""),
                step.act if step.act is not None and step.act in slugs else "",
            )
            for step in steps
        )

    return explain


class Question(ABC):
    """One question to the law, declared once: what it asks for, what answers it, and how the answer reads.

    The fields of the form are the facts, on the page and on the command line alike.
    """

    #: Its name on the command line, and the help there.
    name: str
    help: str
    form: type[QuestionForm]

    @abstractmethod
    def ask(self, facts: Mapping[str, Any], law: Any) -> Any:
        """The answer of the law; raises ValueError, with a Danish sentence, where the rules refuse."""

    @abstractmethod
    def data(self, found: Any) -> dict[str, Any]:
        """The answer for machines: the keys are stable."""

    @abstractmethod
    def lines(self, found: Any) -> Iterator[str]:
        """The answer as the command prints it."""


class PageQuestion(Question):
    """A question that has a page of the calculator too."""

    #: What its page is called, asks and begins with.
    title: str
    asks: str
    example: Mapping[str, str]
    #: The end of its address, after »regler/beregner/«; the question without one is the calculator's first page.
    address: str = ""

    @property
    def url(self) -> str:
        return reverse("law:question", args=[self.address]) if self.address else reverse("law:calculator")

    @abstractmethod
    def law_of(self, book: RuleBook) -> Any:
        """What this question reads of these acts."""

    @abstractmethod
    def show(self, found: Any, explain: Explain) -> Answer:
        """The answer as its page says it."""


def in_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table as lines of text."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def step_lines(why: Sequence[Step]) -> list[str]:
    return [f"  {step.text}" for step in why]

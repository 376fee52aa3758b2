"""Looks for what is missing or contradictory in an act before it becomes law, by the rules of every app."""

from collections.abc import Iterator
from datetime import date

from cases import seam
from cases.models import Act
from cases.rules import consistency, rule_book
from cases.rules.consistency import Problem
from cases.rules.declaring import REGISTRY, Anchor, UnreadableText
from cases.rules.period import add_months
from cases.rules.rule_book import NotInForce, RuleBook
from cases.rules.wording import day_text, listed

#: A day in force further ahead than this is more often a slip of the keys than a law.
FAR_AHEAD_MONTHS = 24


def act_parts() -> list[str]:
    """What hangs on an act and is copied with it, by the name of the relation."""
    return ["values", *(part for app in seam.INSTALLED for part in app.law.parts)]


def problems_of(act: Act, *, today: date) -> list[Problem]:
    """What is missing or contradictory in an act, errors first; the law is judged as it will be on the act's day."""
    book = Act.objects.rule_book(draft=act.slug if act.is_draft else None)
    fact = next((one for one in book.acts if one.slug == act.slug), act.as_fact())
    found = [*_unfinished(act), *_about_values(act, fact, book), *_about_its_day(act, fact, book, today=today)]
    for check in (consistency.problems, *(check for app in seam.INSTALLED for check in app.law.problems)):
        found += check(fact, book)
    return sorted(dict.fromkeys(found), key=lambda problem: not problem.is_error)


def _unfinished(act: Act) -> Iterator[Problem]:
    if not act.reference.strip():
        yield Problem.error("Henvisningen mangler: skriv, hvilken lov eller bekendtgørelse kladden gengiver.")
    if not any(getattr(act, part).exists() for part in act_parts()):
        yield Problem.error(
            "Kladden er tom: den sætter ingen regelværdier og har ingen tabel. Den ville ikke ændre noget."
        )


def _about_values(act: Act, fact: rule_book.Act, book: RuleBook) -> Iterator[Problem]:
    earlier = book.without(act.slug)
    same: list[str] = []
    for key, stored in sorted(fact.values.items()):
        parameter = REGISTRY.get(key)
        if parameter is None:
            yield Problem.error(f"Ingen regel læser »{key}«. Fjern værdien fra kladden.")
            continue
        if not stored.legal_basis.strip():
            yield Problem.error(f"Hjemmel mangler ved »{parameter.description}«.")
        try:
            value = parameter.value_of(stored.text)
        except UnreadableText as error:
            yield Problem.error(f"»{parameter.description}« kan ikke læses: {error}")
            continue
        try:
            present = earlier.value_on(parameter, act.in_force_on)
        except (NotInForce, UnreadableText):
            continue
        if present.value == value:
            same.append(parameter.description)
    if same:
        names = listed(f"»{name}«" for name in same)
        yield Problem.warning(
            f"{'Denne' if len(same) == 1 else 'Disse'} ændrer ikke noget, for det samme gælder i forvejen: {names}.",
        )


def _about_its_day(act: Act, fact: rule_book.Act, book: RuleBook, *, today: date) -> Iterator[Problem]:
    if is_far_ahead(act, today=today):
        yield Problem.warning(f"Loven træder først i kraft den {day_text(act.in_force_on)}. Er året rigtigt?")
    if act.is_draft and act.in_force_on < today:
        yield Problem.warning(
            f"Dagen er passeret: loven gælder fra den {day_text(act.in_force_on)}, og det, der er sket siden, bliver "
            "bedømt efter den.",
        )
    others = [one for one in book.acts if one.in_force_on == act.in_force_on and one.slug != act.slug]
    if others:
        titles = listed(f"»{one.title}«" for one in others)
        yield Problem.warning(
            f"{titles} er i kraft fra samme dag. Denne lov retter {'den' if len(others) == 1 else 'dem'}: af to "
            "værdier gælder den, der er offentliggjort sidst.",
        )
    read_at_start = any(
        (parameter := REGISTRY.get(key)) and parameter.anchor == Anchor.COURSE_START for key in fact.values
    )
    has_more = any(getattr(act, part).exists() for part in act_parts() if part != "values")
    if fact.moves_running_courses and not read_at_start and not has_more:
        yield Problem.warning(
            "Løbende forløb flytter til loven, men intet i den afgøres af forløbets start. Valget gør ingen forskel.",
        )


def is_far_ahead(act: Act, *, today: date) -> bool:
    """Whether the day in force lies so far ahead that whoever publishes must confirm it."""
    return act.in_force_on > add_months(today, FAR_AHEAD_MONTHS)

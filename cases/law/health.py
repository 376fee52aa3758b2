"""The health of the law: what is missing, what will end, what waits, and who last held the values against the law."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import itemgetter

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases import seam
from cases.law import checks as law_checks
from cases.law.wording import in_words
from cases.models import Act, LawReview
from cases.rules import workdays
from cases.rules.declaring import REGISTRY, Parameter, UnreadableText
from cases.rules.labelled import Labelled
from cases.rules.period import Period, add_months
from cases.rules.rule_book import NotInForce, RuleBook
from cases.rules.wording import counted, day_text, listed

#: A law that nobody has read against the values for so long may have changed without anybody seeing it.
MONTHS_BETWEEN_REVIEWS = 12


class Level(Labelled):
    ERROR = "error", "fejl", "fejl"
    WARNING = "warning", "advarsel", "advarsler"
    NOTICE = "notice", "oplysning", "oplysninger"


@dataclass(frozen=True)
class Finding:
    """One thing to know of the law as it stands, and what to do about it."""

    level: Level
    #: The same for the same kind of finding, also when the sentence changes: for whoever monitors.
    code: str
    text: str
    to_do: str = ""
    path: str = ""
    details: tuple[str, ...] = ()

    @property
    def level_name(self) -> str:
        return self.level.label


class LawOnDay:
    """The published law and its drafts, seen from one day."""

    def __init__(self, *, on: date, at: datetime, is_counted: bool = True) -> None:
        self.on = on
        self.is_counted = is_counted
        #: The moment of the look itself: what is late by minutes is judged by it.
        self.at = at

    @cached_property
    def book(self) -> RuleBook:
        return Act.objects.rule_book()

    @cached_property
    def acts(self) -> list[Act]:
        """All acts, drafts and withdrawn ones too, the earliest day first."""
        acts = Act.objects.select_related("withdrawal__by", "drafted_by").prefetch_related("values")
        return list(acts.order_by("in_force_on", "published_at", "pk"))

    @property
    def counting(self) -> list[Act]:
        """The acts that are law, or will be on their day."""
        return [act for act in self.acts if not act.is_draft and act.withdrawn is None]

    @property
    def coming_days(self) -> list[date]:
        """The days still to come on which an act changes the law."""
        return sorted({act.in_force_on for act in self.counting if act.in_force_on > self.on})

    def unconfirmed_spans(self, draft: Act) -> list[Period]:
        """The days whose rules carry the notice "Reglen er ikke bekræftet" for the sake of this draft."""
        borders = sorted({act.in_force_on for act in (*self.book.acts, *self.book.drafts)})
        spans = [Period(first, last) for first, last in zip(borders, [*borders[1:], None], strict=True)]
        return [span for span in spans if (found := self.book.unconfirmed(span.start)) and found.slug == draft.slug]


Check = Callable[[LawOnDay], Iterable[Finding]]


def falls_in(field: str, spans: Iterable[Period]) -> Q:
    """The rows whose day lies in one of the spans."""
    days = Q()
    for span in spans:
        from_start = Q(**{f"{field}__gte": span.start})
        days |= from_start & Q(**{f"{field}__lt": span.end}) if span.end else from_start
    return days


def findings(*, on: date, at: datetime, is_counted: bool = True) -> list[Finding]:
    """Everything there is to say of the law on a day, errors first.

    Uncounted, the same findings do without the numbers that all open cases must be asked for.
    """
    seen = LawOnDay(on=on, at=at, is_counted=is_counted)
    checks: tuple[Check, ...] = (
        missing_values,
        unread_values,
        drafts_past_their_day,
        coming_changes,
        far_days,
        drafts_waiting,
        withdrawn,
        holidays,
        review,
        *(check for app in seam.INSTALLED for check in app.law.health),
    )
    order = list(Level)
    return sorted((one for check in checks for one in check(seen)), key=lambda one: order.index(one.level))


def count(found: Iterable[Finding]) -> dict[Level, int]:
    """How many there are of each level."""
    levels = [one.level for one in found]
    return {level: levels.count(level) for level in Level}


def counts_in_words(counts: Mapping[Level, int]) -> str:
    """1 fejl, 3 advarsler og 2 oplysninger"""
    return listed(counted(counts[level], level.label, level.plural) for level in Level)


# What each check finds


def missing_values(seen: LawOnDay) -> Iterator[Finding]:
    """Yield an error for each value that a rule asks for and no act sets, today or on a day that changes the law."""
    if not any(act.in_force_on <= seen.on for act in seen.counting):
        yield Finding(
            Level.ERROR,
            "no_act",
            f"Ingen lov er i kraft den {day_text(seen.on)}.",
            "Indlæs de love, der følger med: manage.py load_acts.",
            reverse("admin:cases_act_changelist"),
        )
        return
    values_page = reverse("admin:cases_act_values")
    for key, parameter in sorted(REGISTRY.items()):
        for day in (seen.on, *seen.coming_days):
            try:
                seen.book.value_on(parameter, day)
            except NotInForce:
                text = f"»{parameter.description}« ({key}) har ingen værdi den {day_text(day)}."
                to_do = "Skriv en ny lov, der sætter værdien; indtil da kan reglen ikke svare."
                yield Finding(Level.ERROR, "value_missing", text, to_do, f"{values_page}?dag={day:%d-%m-%Y}")
                break
            except UnreadableText as error:
                text = f"»{parameter.description}« kan ikke læses: {error}"
                to_do = "Skriv en ny lov med samme ikrafttrædelse, som retter værdien."
                yield Finding(Level.ERROR, "value_unreadable", text, to_do, f"{values_page}?dag={day:%d-%m-%Y}")
                break


def unread_values(seen: LawOnDay) -> Iterator[Finding]:
    for act in seen.counting:
        keys = sorted({value.key for value in act.values.all()} - REGISTRY.keys())
        if keys:
            yield Finding(
                Level.WARNING,
                "value_unread",
                f"»{act}« sætter {listed(keys)}, som ingen regel læser.",
                "Spørg dem, der vedligeholder programmet: navnet er skrevet forkert, eller reglen er taget ud.",
                _page_of(act),
            )


def drafts_past_their_day(seen: LawOnDay) -> Iterator[Finding]:
    """Drafts that should have been law by now, and what goes on without them."""
    drafts = [act for act in seen.acts if act.is_draft and act.is_adopted and act.in_force_on <= seen.on]
    spans = {act.slug: found for act in drafts if (found := seen.unconfirmed_spans(act))}
    waiting = [count for app in seam.INSTALLED for count in app.law.waiting]
    touched = [count(spans) for count in waiting] if spans and seen.is_counted else []
    for act in drafts:
        told = f"Kladden »{act}« gælder fra den {day_text(act.in_force_on)} og er ikke offentliggjort."
        if act.slug not in spans:
            text = f"{told} En lov, der er lige så ny, gælder i stedet."
            to_do = "Offentliggør kladden som en rettelse, eller slet den, hvis den ikke skal være lov."
            yield Finding(Level.NOTICE, "draft_overtaken", text, to_do, _page_of(act))
            continue
        counts = [words for one in touched if (words := one.get(act.slug))]
        beside = f"»Reglen er ikke bekræftet« står ved {listed(counts)}." if counts else ""
        text = f"{told} {beside or '»Reglen er ikke bekræftet« står ved det, der falder fra den dag.'}"
        to_do = "Kontrollér kladden mod loven, og få en anden administrator til at offentliggøre den."
        yield Finding(Level.WARNING, "draft_past_its_day", text, to_do, _page_of(act))


def coming_changes(seen: LawOnDay) -> Iterator[Finding]:
    """Yield a finding for each value that will be replaced by another, and for each that will end."""
    for day in seen.coming_days:
        acts = [act for act in seen.counting if act.in_force_on == day]
        keys = {value.key for act in acts for value in act.values.all()} & REGISTRY.keys()
        changes, ends = [], []
        for key in sorted(keys):
            parameter = REGISTRY[key]
            before, after = (_said(seen, parameter, when) for when in (day - timedelta(days=1), day))
            if before != after:
                changes.append(f"{parameter.description} ({key}): {before or _NOTHING} bliver til {after or _NOTHING}")
            if before and not after:
                ends.append(parameter.description)
        titles = listed(f"»{act}«" for act in acts)
        number = counted(len(changes), "regelværdi", "regelværdier")
        text = f"{titles} træder i kraft den {day_text(day)} og ændrer {number}."
        page = _page_of(acts[-1])
        yield Finding(Level.NOTICE, "act_to_come", text, "Se, om medarbejderne ved det.", page, tuple(changes))
        for description in ends:
            text = f"»{description}« ophører den {day_text(day)}: {titles} sætter ingen værdi."
            to_do = "Se efter i loven, at reglen ikke fortsætter med en anden værdi."
            yield Finding(Level.WARNING, "value_ends", text, to_do, page)


_NOTHING = "ingen værdi"


def _said(seen: LawOnDay, parameter: Parameter, day: date) -> str:
    """The value in words; empty where the law says nothing, or an empty set."""
    try:
        value = seen.book.value_on(parameter, day).value
    except (NotInForce, UnreadableText):
        return ""
    return "" if value is None or value == frozenset() else in_words(parameter, value)


def far_days(seen: LawOnDay) -> Iterator[Finding]:
    for act in seen.acts:
        if act.withdrawn is None and law_checks.is_far_ahead(act, today=seen.on):
            text = f"»{act}« træder først i kraft den {day_text(act.in_force_on)}."
            to_do = "Er året rigtigt? En kladde kan rettes, og en offentliggjort lov kan trækkes tilbage før sin dag."
            yield Finding(Level.WARNING, "far_day", text, to_do, _page_of(act))


def drafts_waiting(seen: LawOnDay) -> Iterator[Finding]:
    for act in seen.acts:
        if not act.is_draft or act.in_force_on <= seen.on:
            continue
        writer = act.drafted_by
        text = f"Kladden »{act}« gælder fra den {day_text(act.in_force_on)} og venter på en anden person"
        text += f" end {writer.get_full_name() or writer.username}." if writer else "."
        errors = sum(problem.is_error for problem in law_checks.problems_of(act, today=seen.on))
        to_do = "Læs den, og offentliggør den før den dag."
        if errors:
            to_do = f"Ret først {counted(errors, 'fejl', 'fejl')} i den; ellers kan den ikke offentliggøres."
        yield Finding(Level.NOTICE, "draft_waiting", text, to_do, _page_of(act))


def withdrawn(seen: LawOnDay) -> Iterator[Finding]:
    for act in seen.acts:
        taken_back = act.withdrawn
        if taken_back is not None and act.in_force_on > seen.on:
            text = (
                f"»{act}« skulle have været i kraft den {day_text(act.in_force_on)}, men er trukket tilbage den "
                f"{_day(taken_back.at)} af {taken_back.by}: {taken_back.reason}"
            )
            yield Finding(Level.NOTICE, "act_withdrawn", text, "Skriv en ny lov, hvis der skal gælde noget andet.")


def holidays(seen: LawOnDay) -> Iterator[Finding]:
    """Yield a finding on the last year whose holidays are known: no deadline can be counted beyond it."""
    last, year = workdays.known_years()[-1], seen.on.year
    text = f"Helligdagene er kendt til og med {last}."
    to_do = "Opgradér pakken holidays; frister, der falder senere, kan ikke beregnes."
    if last <= year:
        yield Finding(Level.ERROR, "holidays_end", text, to_do)
    elif last <= year + 1:
        yield Finding(Level.WARNING, "holidays_end", text, to_do)
    else:
        yield Finding(Level.NOTICE, "holidays", text)


def review(seen: LawOnDay) -> Iterator[Finding]:
    """Yield a finding on when somebody last checked the values against the law, and whether that is too long ago."""
    to_do = "Hold værdierne op mod loven, og skriv på siden »Lovens tilstand«, hvad du har kontrolleret."
    page = f"{reverse('admin:cases_act_health')}#kontrol"
    last = LawReview.objects.select_related("by").first()
    if last is None:
        yield Finding(Level.WARNING, "review_missing", "Værdierne er aldrig kontrolleret mod loven.", to_do, page)
        return
    who = last.by.get_full_name() or last.by.username
    told = f"Værdierne er senest kontrolleret mod loven den {_day(last.at)} af {who}: {last.note}"
    day = timezone.localtime(last.at).date()
    published = [(act.published_at, act) for act in seen.counting if act.published_at]
    newest_at, newest = max(published, key=itemgetter(0), default=(last.at, None))
    if add_months(day, MONTHS_BETWEEN_REVIEWS) <= seen.on:
        text = f"Det er over {MONTHS_BETWEEN_REVIEWS} måneder siden, nogen kontrollerede værdierne mod loven."
        yield Finding(Level.WARNING, "review_old", text, to_do, page, (told,))
    elif newest_at > last.at:
        text = f"»{newest}« er offentliggjort den {_day(newest_at)}, efter den seneste kontrol mod loven."
        yield Finding(Level.WARNING, "review_before_act", text, to_do, page, (told,))
    else:
        yield Finding(Level.NOTICE, "review", told)


def _page_of(act: Act) -> str:
    return reverse("admin:cases_act_change", args=[act.pk])


def _day(at: datetime) -> str:
    return day_text(timezone.localtime(at).date())

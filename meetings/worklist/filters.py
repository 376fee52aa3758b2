"""The worklist's filters, kept in its address. Never a name: those are searched by POST."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from cases.models import Role, User
from cases.models.scopes import Scope, scope_labels
from meetings.models import WorklistEntry
from meetings.rules.kinds import Channel, MeetingKind
from meetings.worklist import queries
from meetings.worklist.queries import Order, Tile

_NOT_LISTED = {"invalid_choice": "Vælg en fra listen."}


class WorklistFilter(django_filters.FilterSet):
    """Which entries; the tile is chosen afterwards, because each has its own count."""

    scope = django_filters.ChoiceFilter(label="Omfang", error_messages=_NOT_LISTED)
    kind = django_filters.ChoiceFilter(
        label="Samtale",
        field_name="kind",
        choices=MeetingKind.options(),
        empty_label="Alle",
        error_messages=_NOT_LISTED,
    )
    channel = django_filters.ChoiceFilter(
        label="Samtaleform",
        field_name="channel",
        choices=Channel.options(),
        empty_label="Alle",
        error_messages=_NOT_LISTED,
    )
    worker = django_filters.ModelChoiceFilter(
        label="Medarbejder",
        field_name="worker",
        queryset=User.objects.none(),
        to_field_name="public_id",
        empty_label="Alle",
        error_messages=_NOT_LISTED,
    )
    tile = django_filters.ChoiceFilter(
        label="Vis",
        choices=list(Tile.choices().items()),
        widget=forms.HiddenInput,
    )

    sort = django_filters.ChoiceFilter(
        label="Orden",
        choices=list(Order.choices().items()),
        widget=forms.HiddenInput,
    )

    class Meta:
        model = WorklistEntry
        fields: list[str] = []

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.today = user, today
        scopes = list(Scope) if user.team_id else [Scope.MINE, Scope.ORGANISATION]
        self.default_scope = _default_scope(user)
        field = self.filters["scope"]
        labels = scope_labels(user)
        field.extra["empty_label"] = labels[self.default_scope]
        field.extra["choices"] = [(str(s), labels[s]) for s in scopes if s is not self.default_scope]
        if user.role == Role.TEAM_LEADER:
            worker: Any = self.filters["worker"]
            worker.queryset = User.objects.filter(organisation=user.organisation_id, is_active=True).order_by(
                "first_name", "last_name", "pk"
            )
        else:
            del self.filters["worker"]

    @property
    def chosen(self) -> queries.Chosen:
        kind, channel, worker = (self._chosen(name) or None for name in ("kind", "channel", "worker"))
        return queries.Chosen(self.chosen_scope, kind, channel, worker and worker.pk)

    @property
    def chosen_scope(self) -> Scope:
        return Scope(self._chosen("scope") or self.default_scope)

    @property
    def chosen_tile(self) -> Tile:
        return Tile(self._chosen("tile") or Tile.ALL)

    @property
    def chosen_order(self) -> Order:
        return Order(self._chosen("sort") or Order.DEADLINE)

    def _chosen(self, name: str) -> Any:
        # A value that nobody could choose is left out; the form says so.
        self.form.is_valid()
        return self.form.cleaned_data.get(name, "")

    def filter_queryset(self, queryset: QuerySet[WorklistEntry]) -> QuerySet[WorklistEntry]:
        # The scope counts also when it is not asked for.
        return queries.chosen_of(self.user, self.chosen, today=self.today)


def _default_scope(user: User) -> Scope:
    if user.role != Role.TEAM_LEADER:
        return Scope.MINE
    return Scope.TEAM if user.team_id else Scope.ORGANISATION

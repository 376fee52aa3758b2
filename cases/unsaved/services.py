"""Keep what was typed and could not be saved, for the one who typed it; sealed, and for a few days."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cases.models import UnsavedForm, User
from cases.people import encryption

#: Nobody has so many forms open; whoever keeps more loses the oldest.
MOST = 50


@dataclass(frozen=True)
class Typed:
    """What a form held: its fields, and the names of its files, which are kept by nobody."""

    fields: Mapping[str, Sequence[str]]
    files: Sequence[str] = ()


@transaction.atomic(durable=True)
def keep(*, page: str, action: str, typed: Typed, was_sent: bool, by: User, at: datetime) -> UnsavedForm:
    """Keep what the user typed in the form, instead of what was kept of it before."""
    content = json.dumps({"fields": dict(typed.fields), "files": list(typed.files)})
    sealed = encryption.seal(content, of=UnsavedForm(user=by, action=action).sealed_as("typed_encrypted"))
    kept, _ = UnsavedForm.objects.update_or_create(
        user=by,
        action=action,
        defaults={"page": page, "typed_encrypted": sealed, "was_sent": was_sent, "kept_at": at},
    )
    newest = UnsavedForm.objects.filter(user=by).order_by("-kept_at", "-pk").values("pk")[:MOST]
    UnsavedForm.objects.filter(user=by).exclude(pk__in=newest).delete()
    return kept


@transaction.atomic(durable=True)
def forget(*, action: str, by: User) -> None:
    """Forget what was kept of a form, since it was saved."""
    UnsavedForm.objects.filter(user=by, action=action).delete()


@transaction.atomic(durable=True)
def forget_old(*, at: datetime) -> None:
    UnsavedForm.objects.too_old(at=at).delete()


def typed_in(kept: UnsavedForm) -> Typed:
    return Typed(**json.loads(encryption.unseal(kept.typed_encrypted, of=kept.sealed_as("typed_encrypted"))))

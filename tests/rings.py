"""The keys of the suite for a process beside it: what one seals the other reads."""

from django.conf import settings

from config.env import Key


def as_environment() -> dict[str, str]:
    rings: dict[str, tuple[Key, ...]] = {
        "CPR_ENCRYPTION_KEY": settings.CPR_ENCRYPTION_KEYS,
        "CPR_INDEX_KEY": settings.CPR_INDEX_KEYS,
    }
    return {name: ",".join(f"{key.id}:{key.secret.hex()}" for key in ring) for name, ring in rings.items()}

"""What meetings registers in the administration; each page stands with its subject."""

from meetings.law import admin  # noqa: F401 - the import registers

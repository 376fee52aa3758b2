"""What is small and met by everybody: the start of a command, the first page, a stored row."""

import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection

from meetings.models import RequiredMeeting
from tests.bench.measure import Bench, Line, median_of, taken_back
from tests.bench.pages import fetched, server

LAW = ("manage.py", "law", "plan", "--registered-on", "2024-01-15", "--json")
#: What the minified files were made from, by the names that our pages give them.
SOURCES = {
    "vendor/dkfds/css/dkfds.min.css": "dkfds/dist/css/dkfds.css",
    "vendor/dkfds/js/dkfds.min.js": "dkfds/dist/js/dkfds.js",
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.js",
}


def law_command(_bench: Bench) -> Iterator[Line]:
    """The whole process of a question of the law, as somebody waits for it at a terminal."""

    def start(*arguments: str) -> float:
        return median_of(
            lambda: subprocess.run(
                [sys.executable, *arguments], cwd=settings.BASE_DIR, env=os.environ, capture_output=True, check=True
            )
        )

    start(*LAW)
    yield Line("law_command", start(*LAW), "s", 'python -c "import django"', start("-c", "import django"), 3)


def first_load(_bench: Bench) -> Iterator[Line]:
    """A browser's first page and all that it names, but for the fonts, which are packed by themselves."""
    with server() as site:
        page = fetched(site, "/", packed=True)
        text = gzip.decompress(page).decode()
        assets = sorted(set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text)))
        sent = len(page) + sum(len(fetched(site, asset, packed=True)) for asset in assets)
    plain = len(text.encode()) + sum(_unpacked(asset) for asset in assets)
    note = f"{len(assets)} files beside the page"
    yield Line("first_load", sent / 1e3, "KB", "the same unminified and uncompressed", plain / 1e3, 0.25, note=note)


def _unpacked(asset: str) -> int:
    # Between the name and its ending stands what is in the file.
    name = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", asset.removeprefix("/static/"))
    source = SOURCES.get(name)
    path = settings.BASE_DIR / "node_modules" / source if source else finders.find(name)
    assert path is not None
    return Path(path).stat().st_size


def row_bytes(_bench: Bench) -> Iterator[Line]:
    """A stored requirement with its indexes and its part of the explanations, and the same row without them."""
    table, rows = RequiredMeeting._meta.db_table, RequiredMeeting.objects.count()
    without = ", ".join(
        field.column for field in RequiredMeeting._meta.concrete_fields if not field.name.startswith("explanation")
    )
    with taken_back(), connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname = ANY(%s)", [_TABLES])
        stored = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE '%%explanation%%'",
            [table],
        )
        indexes = cursor.fetchall()
        cursor.execute(f"CREATE TABLE bench_twin AS SELECT {without} FROM {table}")
        for number, (name, definition) in enumerate(indexes):
            cursor.execute(
                definition.replace(f"INDEX {name} ON public.{table} ", f"INDEX bench_{number} ON bench_twin ")
            )
        cursor.execute("SELECT pg_total_relation_size('bench_twin')")
        [bare] = cursor.fetchone()
    yield Line("row_bytes", stored / rows, "bytes", "without its explanation", bare / rows, 1.3, note=f"{rows:,} rows")


#: Where a requirement lies, and its explanation.
_TABLES = ["meetings_requiredmeeting", "meetings_explanation", "cases_explanation"]

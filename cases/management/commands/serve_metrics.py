"""The figures in Prometheus' text format, on an inner port of their own."""

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any

from django.db import Error, connections
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from cases import clock
from cases.operation import state
from cases.ui.commands import OneLineCommand


class Figures(Collector):
    """What the database and the queues say at the moment they are asked."""

    def __init__(self, *, afterwards: Callable[[], None]) -> None:
        self._afterwards = afterwards

    def collect(self) -> Iterator[Metric]:
        yield from self._figures()
        queues = GaugeMetricFamily("samtaleflow_queue_length", "Work that waits", labels=["queue"])
        for queue, length in state.queue_lengths().items():
            queues.add_metric([queue], length)
        yield queues

    def _figures(self) -> list[Metric]:
        try:
            found = [
                GaugeMetricFamily(f"samtaleflow_{name}", what, value)
                for name, what, value in state.figures(at=clock.now())
            ]
        except Error:
            found = []
        finally:
            self._afterwards()
        return [GaugeMetricFamily("samtaleflow_database_up", "Whether the database answers", bool(found)), *found]


def registry(folder: str | None, *, afterwards: Callable[[], None] = lambda: None) -> CollectorRegistry:
    """The figures, and with a folder the requests that all web processes of this machine have counted there."""
    collected = CollectorRegistry()
    collected.register(Figures(afterwards=afterwards))
    if folder:
        MultiProcessCollector(collected, path=folder)  # type: ignore[no-untyped-call]  # the package leaves it untyped
    return collected


class Command(OneLineCommand):
    help = "Svarer på /metrics på en indre port, indtil den bliver standset. Læg den aldrig ud bag proxyen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", metavar="ADRESSE")
        parser.add_argument("--port", type=int, default=9100, metavar="PORT")
        parser.add_argument("--requests", metavar="MAPPE", help="mappen i web-processernes PROMETHEUS_MULTIPROC_DIR")

    def handle(self, *args: Any, address: str, port: int, requests: str | None, **options: Any) -> None:
        if requests and not os.path.isdir(requests):
            self.refuse(f"Mappen {requests} findes ikke. Skriv den, web-processerne tæller i.")
        # Each answer has a thread of its own, and with it a connection.
        collected = registry(requests, afterwards=connections.close_all)
        _, thread = start_http_server(port, addr=address, registry=collected)
        self.stdout.write(f"http://{address}:{port}/metrics")
        while thread.is_alive():
            time.sleep(3600)

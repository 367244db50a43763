"""`/metrics`, for Prometheus: what was counted (facilitator/metrics.py), and what can be looked up now.

Each process counts for itself and every figure says which process it is of (label `worker`): with several workers at
one address a scrape meets one of them, and sums over `worker` are of those that were met.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import chain

from flask import Blueprint, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from werkzeug.wrappers import Response

from facilitator.metrics import REGISTRY
from facilitator.workshop.screens import AUDIENCES

numbers = Blueprint("numbers", __name__)


@numbers.get("/metrics")
def show() -> Response:
    if not _may_read():
        abort(404)
    figures = generate_latest(_Everything())
    return Response(figures, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read() -> bool:
    """With the token; where there is none, on this machine alone. Behind a proxy everybody comes from this machine."""
    settings = current_app.config["SETTINGS"]
    if settings.metrics_token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.metrics_token.encode())
    proxied = settings.base_url or {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())
    return not proxied and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104  nobody


class _Everything(CollectorRegistry):
    def collect(self) -> Iterator[Metric]:
        worker = {"worker": str(os.getpid())}
        for family in chain(REGISTRY.collect(), _now()):
            family.samples = [each._replace(labels=each.labels | worker) for each in family.samples]
            yield family


def _now() -> Iterator[Metric]:
    known = current_app.extensions
    seated, (screens, waiting) = known["presence"].seated(), known["backlog"].waiting()
    connections = GaugeMetricFamily("facilitator_connections", "Connected screens.", labels=["audience"])
    for audience in AUDIENCES:
        connections.add_metric([audience], seated[audience])
    yield connections
    for name, words, figure in (
        ("outbox_screens", "Screens that have not taken all yet.", screens),
        ("outbox_bytes", "Bytes that wait for them.", waiting),
        ("writes_waiting", "Dots, ideas and joins in the queue.", known["commits"].waiting()),
        ("jobs_unfinished", "Exports that wait or run, of all processes.", known["exports"].unfinished()),
    ):
        yield GaugeMetricFamily(f"facilitator_{name}", words, figure)

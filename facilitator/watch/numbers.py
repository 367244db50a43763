"""`/metrics`, for Prometheus: what was counted (facilitator/metrics.py), and what can be looked up now.

Every figure says which process it is of (label `worker`). Several processes tell those of all of them, whichever is
asked; those of the others are a few seconds old (peers.py).
"""

from __future__ import annotations

import atexit
import hmac
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import chain
from typing import Any

import gevent
from flask import Blueprint, Flask, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from werkzeug.wrappers import Response

from facilitator.metrics import REGISTRY
from facilitator.watch.peers import Peers, Sheet, me
from facilitator.workshop.screens import AUDIENCES

numbers = Blueprint("numbers", __name__)


def init_app(app: Flask) -> None:
    app.extensions["peers"] = peers = Peers(app, _sheet)
    if peers.are_possible:
        gevent.spawn(peers.run)
        atexit.register(peers.go)


@numbers.get("/metrics")
def show() -> Response:
    if not _may_read():
        abort(404)
    return Response(generate_latest(_Everything()), content_type=CONTENT_TYPE_LATEST, headers=_NEVER_KEPT)


_NEVER_KEPT = {"Cache-Control": "no-store"}


def _may_read() -> bool:
    """With the token; where there is none, on this machine alone. Behind a proxy everybody comes from this machine."""
    settings = current_app.config["SETTINGS"]
    if settings.metrics_token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.metrics_token.encode())
    proxied = settings.base_url or {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())
    return not proxied and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104  nobody


class _Everything(CollectorRegistry):
    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for sheet in (_sheet(), *current_app.extensions["peers"].sheets()):
            for name, about, kind, samples in sheet["figures"]:
                family = families.setdefault(name, Metric(name, about, kind))
                for sample, labels, value in samples:
                    family.add_sample(sample, {**labels, "worker": sheet["worker"]}, value)
        return families.values()


def _sheet() -> Sheet:
    """The figures of this process as plain data, and of each room what the status page asks (line.py)."""
    figures = [_plain(family) for family in chain(REGISTRY.collect(), _now())]
    writing = current_app.extensions["commits"].waiting()
    return {"worker": me(), "figures": figures, "rooms": _rooms(), "writing": writing}


def _plain(family: Metric) -> tuple[str, str, str, list[Any]]:
    return (
        family.name,
        family.documentation,
        family.type,
        [(each.name, each.labels, each.value) for each in family.samples],
    )


def _rooms() -> dict[str, list[int]]:
    """Phones without a socket and phones that are behind, by workshop."""
    presence, backlog = current_app.extensions["presence"], current_app.extensions["backlog"]
    return {str(each): [presence.asking(each), backlog.behind(each)] for each in presence.watched()}


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

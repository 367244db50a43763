"""What is counted while the room runs, for `/metrics`. Whoever does the work counts it here, with one line.

Counting costs 1 to 3 µs. Labels are few and known beforehand: never an address, a code or anything a person typed.
What can be looked up when somebody asks (connections, queues) isn't counted but looked up: facilitator/watch.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# When a counter was made is of no use to anybody, and doubles what is sent.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SLOW = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0)

REQUESTS = Histogram(
    "facilitator_request_seconds",
    "Answers over HTTP, by endpoint.",
    ["endpoint", "status"],
    buckets=_QUICK,
    registry=REGISTRY,
)

"""What is counted while the room runs, for `/metrics`. Whoever does the work counts it here, with one line.

Counting costs 1 to 3 µs. Labels are few and known beforehand: never an address, a code or anything a person typed.
What can be looked up when somebody asks (connections, queues) isn't counted but looked up: facilitator/watch.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
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

ANSWERS = Counter("facilitator_answers", "Answers over HTTP.", ["endpoint", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "facilitator_answer_seconds",
    "How long answers took.",
    ["endpoint"],
    # Fewer: there are many endpoints.
    buckets=(0.01, 0.025, 0.1, 0.5, 2.5),
    registry=REGISTRY,
)
REFUSALS = Counter(
    "facilitator_refusals",
    "What people asked for and could not be done, by endpoint.",
    ["endpoint"],
    registry=REGISTRY,
)
WRITES = Histogram(
    "facilitator_write_seconds",
    "Dots, ideas and joins: from the queue until they were durable, by endpoint.",
    ["endpoint"],
    buckets=_QUICK,
    registry=REGISTRY,
)
TAPS = Histogram(
    "facilitator_tap_seconds",
    "How long answers over an open socket took, by endpoint: kept, or to be asked again over HTTP.",
    ["endpoint", "meaning"],
    buckets=(0.01, 0.025, 0.1, 0.5, 2.5),
    registry=REGISTRY,
)
BATCHES = Histogram(
    "facilitator_batch_writes",
    "How many of them one transaction wrote.",
    buckets=(1, 2, 5, 10, 20, 50, 100),
    registry=REGISTRY,
)
COMMITS = Counter("facilitator_commits", "Commits of this process that changed a workshop.", registry=REGISTRY)
TICKS = Histogram(
    "facilitator_tick_seconds", "Looking for what is new and sending it.", buckets=_QUICK, registry=REGISTRY
)
LATENCY = Histogram(
    "facilitator_patch_latency_seconds",
    "From a commit of this process, the oldest of a tick, until its patches were handed to the sockets.",
    buckets=_QUICK,
    registry=REGISTRY,
)
PATCHES = Counter(
    "facilitator_patches",
    "Fragments rendered anew and sent, once for each audience and language.",
    ["audience"],
    registry=REGISTRY,
)
DELIVERIES = Counter(
    "facilitator_deliveries", "Messages handed to the socket or the outbox of a screen.", registry=REGISTRY
)
JOBS = Histogram(
    "facilitator_job_seconds",
    "Exports, by format and how they ended.",
    ["format", "status"],
    buckets=_SLOW,
    registry=REGISTRY,
)

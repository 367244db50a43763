"""`bin/bench`: the product under a hall of phones, measured on this machine.

Every scenario starts the real server with a fresh database and lets phones in through its own pages, with their
cookies, over real sockets. Counts are compared with the database: anything lost or doubled ends the command with
status 1. Times are judged against the table in the README; measure with nothing else going on.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
import traceback

from tests.bench import report
from tests.bench.figures import Findings
from tests.bench.scenarios import SCENARIOS, Size
from tests.bench.soak import soak

FILES_EACH = 3
"""Open files that a phone takes here: two sockets, and one to spare."""
KEPT = 1000
"""Phones of the runs whose results are kept: the table's goals are for so many."""
SAMPLES = report.ROOT / "build" / "soak.csv"


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers that we started end with us
    phones = 20 if options.quick else options.phones
    if not _raise_limits(2 * phones * FILES_EACH + 200):
        return 2
    if options.soak:
        return _soak(options.soak, phones)
    load_before = os.getloadavg()[0]
    found = _measure(options.only or list(SCENARIOS), Size(phones, options.quick), quiet=options.json)
    if phones == KEPT:
        report.publish(report.keep(found, SCENARIOS, load_before))
    print(report.summary(found))
    return 1 if any(findings.wrong for findings in found.values()) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phones", type=int, default=KEPT, help=f"in the hall (default and kept: {KEPT})")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS))
    parser.add_argument("--quick", action="store_true", help="20 phones: does the bench itself work?")
    parser.add_argument("--json", action="store_true", help="print nothing but the line of JSON")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="a long evening instead: is memory flat?")
    return parser.parse_args()


def _measure(names: list[str], size: Size, *, quiet: bool) -> dict[str, Findings]:
    found: dict[str, Findings] = {}
    for name in names:
        began = time.time()
        found[name] = Findings()
        try:
            SCENARIOS[name](size, found[name])
        except (AssertionError, OSError, RuntimeError) as error:  # TimeoutError is an OSError
            found[name].wrong.append(f"{name}: {type(error).__name__}: {error} ({_where(error)})")
        if not quiet:
            print(f"\n{name} ({time.time() - began:.0f} s)", *report.lines(found[name].rows), sep="\n", flush=True)
            print(*(f"WRONG: {line}" for line in found[name].wrong), sep="\n", flush=True)
    return found


def _where(error: BaseException) -> str:
    """The lines of the bench on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    return " → ".join(f"{frame.name}:{frame.lineno}" for frame in frames[1:])


def _soak(minutes: float, phones: int) -> int:
    print(f"Samples go to {SAMPLES.relative_to(report.ROOT)}.", flush=True)
    wrong: list[str] = []
    found = soak(minutes, phones, SAMPLES, wrong)
    if found is None:
        print("Too short to say anything.")
        return 2
    print(*found.lines(), *wrong, sep="\n")
    return 0 if found.is_flat and not (found.lost or found.doubled or wrong) else 1


def _raise_limits(files: int) -> bool:
    """Allow this process and the servers it starts so many open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, files)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"This needs {wanted} open files, and the system allows {hard}: raise the limit (ulimit -Hn).")
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

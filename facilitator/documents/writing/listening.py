"""What WeasyPrint says while it works: how far it is, and which characters it could not draw."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEP = re.compile(r"Step (\d)(?:.*Page (\d+))?")
BEFORE_STEP = {1: 2, 2: 5, 3: 12, 4: 16, 5: 20, 6: 84, 7: 92}
"""Percent done when WeasyPrint says that it begins a step; 5 is the layout, which counts its pages."""

Tell = Callable[[int], None]


@contextmanager
def listening(tell: Tell, expected: int) -> Iterator[set[str]]:
    """Turn WeasyPrint's log into percent and into the characters it could not draw."""
    ear = _Ear(tell, expected)
    loggers = [logging.getLogger("weasyprint"), logging.getLogger("weasyprint.progress")]
    for logger in loggers:
        logger.addHandler(ear)
    loggers[1].setLevel(logging.INFO)
    loggers[1].propagate = False
    try:
        yield ear.missing
    finally:
        for logger in loggers:
            logger.removeHandler(ear)


class _Ear(logging.Handler):
    def __init__(self, tell: Tell, expected: int) -> None:
        super().__init__()
        self.missing: set[str] = set()
        self._tell, self._expected, self._told = tell, expected, -1

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
            self.missing.add(str(record.args[0]))
        elif found := STEP.match(record.getMessage()):
            self._progress(int(found[1]), int(found[2] or 0))

    def _progress(self, step: int, page: int) -> None:
        span = BEFORE_STEP[6] - BEFORE_STEP[5]
        percent = BEFORE_STEP[step] + (min(span, span * page // self._expected) if step == 5 else 0)
        if percent > self._told:
            self._told = percent
            self._tell(percent)

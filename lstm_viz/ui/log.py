"""What a visitor can make the log say, which is not without end.

A mistake in a page is written with its traceback, 4,000 characters, each time somebody draws that
page; a tab that asks for it six times a second fills a disk. So the same mistake is written in full
once a minute, and all of them together so often a minute; how many were left out is said with the
next.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

SAME, ALL = 60.0, 20  # seconds between two of the same mistake; and so many of any a minute
# Who writes down what a visitor brought about.
WRITERS = (
    "streamlit.error_util",
    "streamlit.runtime.app_session",
    "streamlit.runtime.scriptrunner.script_runner",
    "streamlit.runtime.scriptrunner.exec_code",
    "streamlit.runtime.state.session_state",
    "streamlit.web.server.starlette.starlette_websocket",
    "uvicorn.error",
    "asyncio",
)


class Seldom(logging.Filter):
    """Lets a mistake through where it is new; other lines pass as they are."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self.clock, self.left_out = clock, 0
        self.said: dict[tuple[object, ...], float] = {}  # mistake -> when it was written last
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[1] is None:
            return True
        now, place = self.clock(), _place(record.exc_info[1])
        with self._lock:
            self.said = {one: when for one, when in self.said.items() if now < when + SAME}
            if place in self.said or len(self.said) >= ALL:
                self.left_out += 1
                return False
            self.said[place] = now
            if self.left_out:
                record.msg = f"{record.msg} (since the last one, {self.left_out} were left out)"
                self.left_out = 0
        return True


def _place(problem: BaseException) -> tuple[object, ...]:
    """Where it happened, and what; not its text, in which a visitor may write something new."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ()
    return (type(problem).__name__, *where)


def bound() -> None:
    """From now on, for all that is written on behalf of visitors."""
    seldom = Seldom()
    for name in WRITERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Seldom) for one in logger.filters):
            logger.addFilter(seldom)

"""A visitor cannot make the log grow without end."""

import logging

import pytest
import streamlit as st
from streamlit import error_util

from lstm_viz.ui import log


def raised(problem: Exception) -> Exception:
    try:
        raise problem
    except Exception as error:
        return error


def record(problem: Exception) -> logging.LogRecord:
    error = raised(problem)
    found = (type(error), error, error.__traceback__)
    return logging.LogRecord("streamlit", logging.ERROR, __file__, 1, "failed", None, found)


def test_the_same_mistake_is_written_once_a_minute_whatever_its_text():
    now = [0.0]
    seldom = log.Seldom(lambda: now[0])
    passed = [seldom.filter(record(ValueError(f"text {n}"))) for n in range(1000)]
    assert passed == [True] + [False] * 999
    assert seldom.filter(record(KeyError("another")))
    now[0] = 61.0
    last = record(ValueError("again"))
    assert seldom.filter(last)
    assert not seldom.filter(record(ValueError("and again")))


def test_what_was_left_out_is_counted():
    now = [0.0]
    seldom = log.Seldom(lambda: now[0])
    for n in range(5):
        seldom.filter(record(ValueError(f"{n}")))
    now[0] = 61.0
    last = record(ValueError("again"))
    assert seldom.filter(last)
    assert "4 were left out" in last.getMessage()


def test_mistakes_in_ever_new_places_are_bounded_too():
    seldom = log.Seldom(lambda: 0.0)
    kinds = [type(f"Error{n}", (Exception,), {}) for n in range(100)]
    assert sum(seldom.filter(record(kind())) for kind in kinds) == log.ALL


def test_other_lines_pass():
    seldom = log.Seldom()
    line = logging.LogRecord("streamlit", logging.WARNING, __file__, 1, "a line", None, None)
    assert all(seldom.filter(line) for _ in range(100))


def test_streamlits_own_tracebacks_go_through_it(monkeypatch):
    log.bound()
    log.bound()
    logger = logging.getLogger("streamlit.error_util")
    (seldom,) = (one for one in logger.filters if isinstance(one, log.Seldom))
    monkeypatch.setattr(seldom, "said", {})
    written: list[logging.LogRecord] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", written.append)
    logger.addHandler(handler)
    monkeypatch.setattr(st.config, "get_option", lambda _name: False)
    try:
        for n in range(50):
            error_util._log_uncaught_app_exception(raised(ZeroDivisionError(f"{n}")))
    finally:
        logger.removeHandler(handler)
    assert len(written) == 1


@pytest.mark.parametrize("name", log.WRITERS)
def test_the_writers_are_bound(name):
    log.bound()
    assert any(isinstance(one, log.Seldom) for one in logging.getLogger(name).filters)

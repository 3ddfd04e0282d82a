"""The command ``lstm-viz study``, also ``python -m lstm_viz.study``: every cell on every task."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from lstm_viz.cells import CELLS
from lstm_viz.cells.errors import EquationError
from lstm_viz.extras import needed_by
from lstm_viz.language import _
from lstm_viz.study.calibration import SAMPLE, calibrated
from lstm_viz.study.plan import SIZES, Plan
from lstm_viz.study.trial import PARAMETERS, UNITS, Budget

TOLD_EVERY = 10.0  # seconds
STOPPED = 130  # the exit code of who was stopped by a signal


def main(arguments: Sequence[str] | None = None, program: str = "lstm-viz study") -> int:
    """Runs a study, or goes on with one. Ends with a sentence where that could not be done."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser(program).parse_args(given)
    try:
        with needed_by(_("A study")):
            return _study(asked, f"{program} {shlex.join(given)}")
    except (ValueError, EquationError, ModuleNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the first trial, or asked for a second time
        return STOPPED


def _study(asked: argparse.Namespace, command: str) -> int:
    from lstm_viz.study import kept as keeping
    from lstm_viz.study import spread as spreading
    from lstm_viz.study import table
    from lstm_viz.study.importance import importances

    plan = _plan(asked)
    kept = keeping.Kept(plan, _url(asked.storage))
    try:
        todo = len(plan) - len(kept.rows())
        said = _("{done:,} of {total:,} trials are done.")
        print(said.format(done=len(plan) - todo, total=len(plan)), flush=True)
        if todo:
            print(_forecast(plan, todo, asked.workers), flush=True)
        if asked.estimate:
            return 0
        began = time.monotonic()
        stop = _Stop()
        ended = None
        if todo:
            with stop, spreading.cluster(asked.workers, asked.scheduler) as client:
                ended = spreading.spread(kept, client, asked.nice, _told(), lambda: stop.is_asked)
        for line in ended.failed if ended else ():
            print(_("Failed: {what}").format(what=line), file=sys.stderr)
        rows = kept.rows()
        if asked.write and rows:
            about = _about(plan, command, time.monotonic() - began)
            about["importances"] = importances(table.frame(rows))
            table.write(Path(asked.write), rows, about)
            size = Path(asked.write).stat().st_size / 1e6
            said = _("{count:,} trials are in {file}, {size:.2f} MB.")
            print(said.format(count=len(rows), file=asked.write, size=size), flush=True)
        if len(rows) < len(plan):
            said = _("Stopped at {done:,} of {total:,}; the same command goes on from there.")
            print(said.format(done=len(rows), total=len(plan)), flush=True)
            return STOPPED if stop.is_asked else 1
        return 0
    finally:
        kept.close()


def _plan(asked: argparse.Namespace) -> Plan:
    """Raises ValueError in words for what is no plan."""
    cells = tuple(CELLS) if asked.cells == ["all"] else tuple(asked.cells)
    budget = Budget(**{one.name: getattr(asked, one.name) for one in fields(Budget)})
    alike = tuple(asked.alike)
    return Plan(cells, tuple(asked.tasks), asked.trials, alike, budget, asked.seed)


def _about(plan: Plan, command: str, seconds: float) -> dict[str, Any]:
    return {
        "terms": plan.terms,
        "command": command,
        "cells": plan.cells,
        "tasks": plan.tasks,
        "trials": plan.trials,
        "seconds_of_the_last_call": round(seconds, 1),
        "written": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def _forecast(plan: Plan, todo: int, workers: int) -> str:
    """How long it will take, measured."""
    found = calibrated(plan, min(SAMPLE, -(-todo // 4)))
    low, high = found.hours(todo, workers)
    return _(
        "A trial takes {seconds:.2f} s of one core (measured on {tried} of them): {todo:,} trials "
        "on {workers} workers take about {low} to {high}."
    ).format(
        seconds=found.seconds,
        tried=found.tried,
        todo=todo,
        workers=workers,
        low=_time(3600 * low),
        high=_time(3600 * high),
    )


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("{count} s").format(count=round(seconds))
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("{count} min").format(count=minutes)
    return _("{hours} h {minutes:02d} min").format(hours=hours, minutes=minutes)


def _told() -> Any:
    """What prints the progress, now and then."""
    last = [time.monotonic()]

    def told(progress: Any) -> None:
        now = time.monotonic()
        if now - last[0] < TOLD_EVERY and progress.done < progress.total:
            return
        last[0] = now
        left = "…" if progress.left is None else _time(progress.left)
        said = _("{done:,} of {total:,} trials, {pace:.0f} a minute, about {left} left")
        numbers = {"done": progress.done, "total": progress.total, "pace": progress.a_minute}
        print(said.format(left=left, **numbers), flush=True)

    return told


class _Stop:
    """Whether a signal has asked to stop; a second one ends at once."""

    def __init__(self) -> None:
        self.is_asked = False

    def __enter__(self) -> _Stop:
        self.before = {
            one: signal.signal(one, self._asked) for one in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def _asked(self, number: int, _frame: object) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True

    def __exit__(self, *_error: object) -> None:
        for one, before in self.before.items():
            signal.signal(one, before)


def _url(storage: str) -> str:
    """The database's address; a file's name is one of SQLite."""
    return storage if "://" in storage else f"sqlite:///{Path(storage).absolute()}"


def _workers(text: str) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if text == "auto":
        return cores or 1
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(_("workers are a number from 1 on, or auto"))
    return int(text)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        program,
        description=_(
            "Trains every cell on every task with the same settings drawn at random, and keeps "
            "what came of it. It can be stopped at any time; the same command goes on."
        ),
    )
    usual = Budget()
    parser.add_argument(
        "--cells", nargs="+", default=["all"], help=_("names or equations (default: all)")
    )
    tasks = _("names (default: {names})").format(names=" ".join(SIZES))
    parser.add_argument("--tasks", nargs="+", default=list(SIZES), help=tasks)
    parser.add_argument(
        "--trials", type=int, default=60, help=_("draws for each cell (default: %(default)s)")
    )
    parser.add_argument(
        "--alike",
        nargs="+",
        choices=(UNITS, PARAMETERS),
        default=[UNITS, PARAMETERS],
        help=_("in what all cells of a draw are equal (default: each in turn)"),
    )
    parser.add_argument(
        "--workers", type=_workers, default="auto", help=_("processes (default: every core)")
    )
    parser.add_argument(
        "--scheduler", help=_("a Dask scheduler that has workers, as in tcp://host:8786")
    )
    parser.add_argument(
        "--storage",
        default="study.db",
        help=_("a file, or a database's address (default: %(default)s)"),
    )
    parser.add_argument("--write", help=_("write what there is at the end, as a Parquet file"))
    parser.add_argument(
        "--estimate", action="store_true", help=_("only say how long it would take")
    )
    parser.add_argument(
        "--nice", type=int, default=10, help=_("how far others go first (default: %(default)s)")
    )
    parser.add_argument("--seed", type=int, default=0, help=_("of all draws and sequences"))
    for name, kind, what in (
        ("steps", int, _("most steps of a trial")),
        ("batch", int, _("sequences of a step")),
        ("look_every", int, _("steps between two looks at the validation loss")),
        ("patience", int, _("looks without a lower loss, after which a trial ends")),
        ("seconds", float, _("a cap on a trial's time; rows say where one reached it")),
    ):
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            default=getattr(usual, name),
            help=f"{what} (%(default)s)",
        )
    return parser

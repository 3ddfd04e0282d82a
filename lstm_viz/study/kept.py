"""The trials of a study as Optuna keeps them, so that it can be stopped, killed and gone on with.

There is a study of Optuna's for every task, cell and kind of likeness, all in one SQLite file, or
in one database of many hosts. A trial is added with what was drawn, asked for (which no two can do
at once), and told. While it is under way its heart beats; where that stops, because the process was
killed or the machine is gone, the trial is failed and added once more, by whoever looks next. A
finished trial carries its whole row.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from zlib import crc32

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback, fail_stale_trials
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.study.plan import Plan
from lstm_viz.study.space import SPACE, Between, Range
from lstm_viz.study.trial import Alike, Trial

Group: TypeAlias = tuple[str, str, Alike]
NUMBER, ROW, TERMS = "draw", "row", "terms"
BEAT = 10  # seconds
GRACE = 60  # seconds without a heartbeat, after which a trial was killed


@dataclass(frozen=True)
class Begun:
    """A trial that is under way here: ``id`` is Optuna's, ``number`` that of its draw."""

    group: Group
    number: int
    id: int
    at: int  # its place in Optuna's study


@contextmanager
def _calm() -> Iterator[None]:
    """Heartbeats are an experiment of Optuna's, and it says so at every use; and that it does not
    make them beat itself for who asks and tells, as ``alive`` does here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        warnings.filterwarnings("ignore", "Heartbeat of storage", UserWarning)
        yield


class Kept:
    """The trials of a plan under a database's address, as in ``sqlite:///study.db``.

    Raises ValueError in words where it holds those of another plan.
    """

    def __init__(self, plan: Plan, url: str, beat: int = BEAT, grace: int = GRACE):
        optuna.logging.set_verbosity(logging.WARNING)
        self.plan, self.beat = plan, beat
        is_file = url.startswith("sqlite")
        try:
            with _calm():
                self.storage = RDBStorage(
                    url,
                    engine_kwargs={"connect_args": {"timeout": 60}} if is_file else {},
                    heartbeat_interval=beat,
                    grace_period=grace,
                    heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(),
                )
        except (SQLAlchemyError, ImportError, ValueError) as error:
            # The address may hold a password: it is not said again.
            why = str(error).partition("\n")[0][:200]
            raise ValueError(_("The database cannot be opened: {why}").format(why=why)) from None
        if is_file:
            event.listen(self.storage.engine, "connect", _quick)
            self.storage.engine.dispose()  # connections of before, which were not asked
        self._studies: dict[Group, optuna.Study] = {}
        self._beating: set[int] = set()
        self._changing = threading.Lock()

    def study(self, group: Group) -> optuna.Study:
        """Optuna's study of a group, made when first asked for."""
        if group not in self._studies:
            found = optuna.create_study(
                storage=self.storage,
                study_name=_named(group),
                sampler=optuna.samplers.RandomSampler(seed=0),
                load_if_exists=True,
            )
            there = found.user_attrs.get(TERMS)
            if there is None:
                found.set_user_attr(TERMS, self.plan.terms)
            elif there != self.plan.terms:
                raise ValueError(
                    _(
                        "This database holds a study with another budget, seed or version, and "
                        "the two cannot be compared: name another file, or ask for the same."
                    )
                )
            self._studies[group] = found
        return self._studies[group]

    # -- what there is

    def left(self) -> list[tuple[Group, int]]:
        """What is neither done nor under way anywhere, in the plan's order. Those whose heart has
        stopped are failed first, and so are among them."""
        taken = {group: self._taken(group) for group in self.plan.groups}
        return [(group, number) for group, number in self.plan if number not in taken[group]]

    def _taken(self, group: Group) -> set[int]:
        with _calm():
            fail_stale_trials(self.study(group))
        states = (TrialState.COMPLETE, TrialState.RUNNING)
        return {one.user_attrs.get(NUMBER, -1) for one in self._trials(group, states)}

    def under_way(self) -> int:
        """How many trials are under way, here or elsewhere."""
        return sum(len(self._trials(group, (TrialState.RUNNING,))) for group in self.plan.groups)

    def rows(self) -> list[dict[str, Any]]:
        """The row of every trial that is done, in the plan's order."""
        found: dict[tuple[Group, int], dict[str, Any]] = {}
        for group in self.plan.groups:
            for one in self._trials(group, (TrialState.COMPLETE,)):
                found[group, one.user_attrs[NUMBER]] = one.user_attrs[ROW]
        return [found[place] for place in self.plan if place in found]

    def _trials(self, group: Group, states: tuple[TrialState, ...]) -> list[FrozenTrial]:
        found: list[FrozenTrial] = self.study(group).get_trials(deepcopy=False, states=states)
        return found

    # -- one trial after the other

    def begin(self, group: Group, number: int) -> Begun | None:
        """One of the group's waiting trials, of which this is one; None if others took them all."""
        study = self.study(group)
        waiting = self._trials(group, (TrialState.WAITING,))
        if all(one.user_attrs.get(NUMBER) != number for one in waiting):
            study.add_trial(
                optuna.create_trial(
                    state=TrialState.WAITING,
                    params=self.plan.trial(group, number).draw.values,
                    distributions=DISTRIBUTIONS,
                    user_attrs={NUMBER: number},
                )
            )
        with _calm():
            asked = study.ask()
        found = asked.user_attrs.get(NUMBER)
        if found is None:  # nothing was waiting any more: Optuna made an empty one
            study.tell(asked.number, state=TrialState.FAIL)
            return None
        self.storage.record_heartbeat(asked._trial_id)
        with self._changing:
            self._beating.add(asked._trial_id)
        return Begun(group, int(found), asked._trial_id, asked.number)

    def finish(self, begun: Begun, row: Mapping[str, Any]) -> None:
        self.storage.set_trial_user_attr(begun.id, ROW, dict(row))
        self._tell(begun, float(row["validation_loss"]))

    def give_up(self, begun: Begun) -> None:
        """It is to be done again."""
        self._tell(begun, None)

    def _tell(self, begun: Begun, value: float | None) -> None:
        with self._changing:
            self._beating.discard(begun.id)
        state = TrialState.FAIL if value is None else TrialState.COMPLETE
        self.study(begun.group).tell(begun.at, value, state=state, skip_if_finished=True)

    def trial(self, begun: Begun) -> Trial:
        return self.plan.trial(begun.group, begun.number)

    # -- heartbeats

    @contextmanager
    def alive(self) -> Iterator[None]:
        """While this lasts, the hearts of the trials under way here beat."""
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(self.beat):
                with self._changing:
                    beating = list(self._beating)
                for one in beating:
                    self.storage.record_heartbeat(one)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def close(self) -> None:
        self.storage.remove_session()
        self.storage.engine.dispose()


def _quick(connection: Any, record: Any) -> None:
    """A write-ahead log, which the disk need not confirm at every trial: a killed process loses
    nothing, and a trial is kept in a tenth of the time."""
    del record
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _named(group: Group) -> str:
    """A name of Optuna's, which may not be long: typed equations are."""
    task, cell, alike = group
    known = cell if cell in CELLS else f"typed {crc32(cell.encode()):08x}"
    return f"{task}, {known}, equal {alike}"


def distribution(kind: Range) -> BaseDistribution:
    """A range as Optuna has it."""
    if not isinstance(kind, Between):
        return CategoricalDistribution(kind.values)
    if kind.whole:
        return IntDistribution(int(kind.low), int(kind.high), log=kind.log)
    return FloatDistribution(kind.low, kind.high, log=kind.log)


DISTRIBUTIONS = {name: distribution(kind) for name, kind in SPACE.items()}

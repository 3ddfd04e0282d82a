"""One trial: a cell, a task and what was drawn, trained to its end and judged once.

Everything follows from the trial and its budget, to the last digit, on one machine: the clock only
measures. (Another processor rounds products in another order; then the last digits differ, and
after many steps more than these.) Training stops when the loss on the validation sequences has not
fallen for a while; the weights of its lowest are then tested, once, on sequences that chose
nothing.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.evaluation import quiet
from lstm_viz.cells.titles import cell_of
from lstm_viz.networks.network import Network
from lstm_viz.run.layers import FORWARD
from lstm_viz.run.weights import init_weights, keep_bias
from lstm_viz.study.learner import Learner, mean_loss, trained
from lstm_viz.study.material import Material, Part, material
from lstm_viz.study.space import CHRONO, Draw
from lstm_viz.tasks import Examined, Task

Alike: TypeAlias = Literal["units", "parameters"]
UNITS: Alike = "units"
PARAMETERS: Alike = "parameters"
ALIKE: tuple[Alike, ...] = (UNITS, PARAMETERS)
REFERENCE = "peephole"  # the cell of Greff et al., with which every other is compared
LARGEST = 256  # units: a cell without matrices of h, as minGRU, may have fewer parameters
FINAL_RATE = 0.1  # the learning rate falls to this share of itself


@dataclass(frozen=True)
class Budget:
    """What every trial may spend. ``patience`` is for how many looks the validation loss may fail
    to fall; ``seconds`` is a cap that no trial should reach, and a row says where one did."""

    steps: int = 1000
    batch: int = 32
    look_every: int = 50
    patience: int = 6
    seconds: float = 60.0


@dataclass(frozen=True)
class Trial:
    """``cell`` as ``cell_of`` knows it; ``alike`` says in what all cells of a draw are equal: in
    the units that were drawn, or in the parameters that the peephole LSTM has with these."""

    cell: str
    task: str
    size: int | None
    alike: Alike
    draw: Draw
    material_seed: int = 0


@dataclass(frozen=True)
class Row:
    """What is kept of a trial.

    ``units`` and ``parameters`` are those of the network that was trained, ``drawn_units`` what was
    drawn. ``validation`` has the loss at every look, the first before any step; ``steps`` is how
    many were done, ``best_step`` after how many the loss there was lowest; ``test_loss`` and
    ``test_score``, the task's own, are of the weights at that step. ``seconds`` of one core.
    """

    cell: str
    task: str
    size: int
    alike: str
    number: int
    learning_rate: float
    drawn_units: int
    forget_bias: str
    initialisation: str
    noise: float
    clip: float
    seed: int
    units: int
    parameters: int
    validation: tuple[float, ...]
    steps: int
    best_step: int
    validation_loss: float
    test_loss: float
    test_score: float
    diverged: bool
    capped: bool
    seconds: float


def units_of(trial: Trial) -> int:
    """How many units the trial's cell has."""
    if trial.alike == UNITS:
        return trial.draw.units
    task = material(trial.task, trial.size, trial.material_seed).task
    return units_with(cell_of(trial.cell), task, _count(CELLS[REFERENCE], task, trial.draw.units))


@lru_cache(4096)
def units_with(cell: Cell, task: Task, parameters: int) -> int:
    """With how many units the cell has about so many parameters, its head among them."""
    counts = np.array([_count(cell, task, units) for units in range(1, LARGEST + 1)])
    return 1 + int(np.abs(np.log(counts / parameters)).argmin())


def _count(cell: Cell, task: Task, units: int) -> int:
    width = len(task.symbols) if task.symbols else task.width
    return cell.count(width, units) + (units + 1) * task.outputs


def beginning(trial: Trial) -> Network:
    """The network before its first step. A symbol is read as a one among zeros."""
    task, drawn = material(trial.task, trial.size, trial.material_seed).task, trial.draw
    cell, H = cell_of(trial.cell), units_of(trial)
    embedding = np.eye(len(task.symbols)) if task.symbols else None
    D = task.width if embedding is None else len(embedding)
    limit = H**-0.5
    stream = np.random.default_rng(drawn.seed)
    return Network(
        task=task,
        layers={(0, FORWARD): (cell, _start(cell, D, H, task, drawn))},
        head_weight=stream.uniform(-limit, limit, (task.outputs, H)),
        head_bias=np.zeros(task.outputs),
        embedding=embedding,
    )


def _start(cell: Cell, D: int, H: int, task: Task, drawn: Draw) -> dict[str, np.ndarray]:
    can_be_biased = keep_bias(cell) is not None
    bias = None if drawn.forget_bias == CHRONO or not can_be_biased else float(drawn.forget_bias)
    found = init_weights(cell, D, H, drawn.seed, drawn.initialisation, bias)
    if drawn.forget_bias == CHRONO and can_be_biased:
        lag = max(3.0, float(task.lag or task.chrono or 20))
        chrono = init_weights(cell, D, H, drawn.seed, CHRONO, t_max=lag)
        plain = init_weights(cell, D, H, drawn.seed)
        # Of its weights those that chrono is about; the others are as they were drawn.
        found |= {n: a for n, a in chrono.items() if not np.array_equal(a, plain[n])}
    return found


def run(trial: Trial, budget: Budget | None = None) -> Row:
    """Train, and judge. Raises ValueError in words for a cell, a task or a size that is none."""
    return taught(trial, budget or Budget())[0]


def taught(trial: Trial, budget: Budget) -> tuple[Row, Network]:
    """The row, and the network with the weights that were tested."""
    with quiet():
        return _taught(trial, budget)


def _taught(trial: Trial, budget: Budget) -> tuple[Row, Network]:
    began, first = time.thread_time(), time.monotonic()
    found, drawn = material(trial.task, trial.size, trial.material_seed), trial.draw
    network = beginning(trial)
    learner = Learner(network, budget.batch, drawn.clip)
    rng = np.random.default_rng(drawn.seed)
    validation: list[float] = []
    best, best_step, kept = math.inf, 0, learner.parameters.copy()
    diverged = capped = False
    for step in range(budget.steps + 1):
        if step % budget.look_every == 0 or step == budget.steps:
            loss = mean_loss(learner.answers(found.validation), found.validation.targets)
            validation.append(loss)
            if loss < best:
                best, best_step, kept = loss, step, learner.parameters.copy()
            elif step - best_step >= budget.patience * budget.look_every:
                break
            capped = time.monotonic() - first > budget.seconds
        if step == budget.steps or capped:
            break
        part = _batch(found, rng, budget.batch, drawn.noise)
        if not learner.learn(part, _rate(drawn, step, budget)):
            diverged = True
            break
    steps = learner.steps
    learner.parameters[...] = kept
    outputs = learner.answers(found.test)
    judged = trained(network, learner.weights)
    row = Row(
        cell=trial.cell,
        task=trial.task,
        size=found.task.size.value if found.task.size else 0,
        alike=trial.alike,
        number=drawn.number,
        learning_rate=drawn.learning_rate,
        drawn_units=drawn.units,
        forget_bias=drawn.forget_bias,
        initialisation=drawn.initialisation,
        noise=drawn.noise,
        clip=drawn.clip,
        seed=drawn.seed,
        units=network.hidden,
        parameters=len(kept),
        validation=tuple(validation),
        steps=steps,
        best_step=best_step,
        validation_loss=best,
        test_loss=mean_loss(outputs, found.test.targets),
        test_score=_score(found, judged, outputs),
        diverged=diverged,
        capped=capped,
        seconds=time.thread_time() - began,
    )
    return row, judged


def _batch(found: Material, rng: np.random.Generator, size: int, noise: float) -> Part:
    part = found.train.of(rng.integers(found.train.count, size=size))
    if not noise:
        return part
    spread = np.float32(noise) * found.spread
    return replace(part, x=part.x + spread * rng.standard_normal(part.x.shape, np.float32))


def _rate(drawn: Draw, step: int, budget: Budget) -> float:
    return float(drawn.learning_rate * FINAL_RATE ** (step / budget.steps))


def _score(found: Material, network: Network, outputs: np.ndarray) -> float:
    """The task's own number, on the test sequences."""
    answers = np.zeros((*found.inputs.shape[:2], outputs.shape[-1]))
    answers[found.test.asked] = outputs
    try:
        return float(found.task.metric(network, Examined(found.inputs, found.targets, answers)))
    except FloatingPointError:
        return math.nan

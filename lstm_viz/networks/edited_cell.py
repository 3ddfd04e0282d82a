"""What becomes of a trained network when its cell is edited: weights stay where they still fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import Apply, Expression, Product, names, summands, walk
from lstm_viz.networks.network import Network, load, shipped, untrained
from lstm_viz.run.layers import Layer
from lstm_viz.run.recording import Place
from lstm_viz.run.weights import init_weights
from lstm_viz.tasks import Task

TRAINED, EDITED, UNTRAINED = "trained", "edited", "untrained"


@dataclass(frozen=True, eq=False)
class Edited:
    """A network, and how it came by its weights.

    ``state`` is "trained" for a shipped network as it is, "edited" where the cell was changed under
    trained weights, "untrained" where nothing of it was ever trained. ``kept`` are the weights that
    stayed, ``fresh`` those that start anew, ``resting`` those of them that start at 0; ``base`` is
    the cell that was trained.
    """

    network: Network
    state: str
    kept: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    base: Cell | None = None
    resting: tuple[str, ...] = ()


def network_for(task: Task, cell: Cell, seed: int = 0) -> Edited:
    """The shipped network of this task and cell; for any other cell, the task's LSTM edited.

    Where no network is shipped for the task, an untrained one of the task's own size.
    """
    known = {name for learnt, name in shipped() if learnt == task.name}
    for name in (cell.name, *known):
        if name in known and CELLS[name] == cell:
            return Edited(load(task.name, name), TRAINED, cell.weight_names, base=cell)
    if known:
        base = load(task.name, "lstm" if "lstm" in known else min(known))
        return edited(base, cell, seed)
    recipe = task.recipe
    start = untrained(
        task, cell, recipe.hidden, recipe.embedding, seed=seed, forget_bias=recipe.forget_bias
    )
    return Edited(start, UNTRAINED, fresh=cell.weight_names)


def edited(network: Network, cell: Cell, seed: int = 0, awake: bool = False) -> Edited:
    """The network with another cell in every layer.

    A weight stays where its name, its shape, and the role of the lines that read it agree; the
    others start anew. Embedding and head stay. Metrics do not: it was not trained like this.

    What is merely added to a line that was trained, as a peephole is, starts at 0: the network is
    what it was until training finds a use for it. ``awake``: it starts at random like all others.
    """
    layers: dict[Place, Layer] = {}
    kept = set(cell.weight_names)
    resting: set[str] = set()
    for number, (place, (before, weights)) in enumerate(network.layers.items()):
        width = network.width(place[0])
        shapes = cell.weight_shapes(width, network.hidden)
        here = {
            name
            for name, shape in shapes.items()
            if name in weights
            and np.shape(weights[name]) == shape
            and _readers(cell, name) == _readers(before, name)
        }
        fresh = init_weights(cell, width, network.hidden, seed=seed + number)
        added = set() if awake else _added(before, cell, set(shapes) - here)
        fresh |= {name: np.zeros(shapes[name]) for name in added}
        resting |= added
        layers[place] = (cell, {n: weights[n] if n in here else fresh[n] for n in shapes})
        kept &= here
    found = Network(
        task=network.task,
        layers=layers,
        head_weight=network.head_weight,
        head_bias=network.head_bias,
        embedding=network.embedding,
    )
    return Edited(
        found,
        EDITED,
        kept=tuple(name for name in cell.weight_names if name in kept),
        fresh=tuple(name for name in cell.weight_names if name not in kept),
        base=network.cell,
        resting=tuple(name for name in cell.weight_names if name in resting),
    )


def _added(before: Cell, cell: Cell, fresh: set[str]) -> set[str]:
    """The fresh weights without which every line that has them is the line it was."""
    spoiled: set[str] = set()
    added: set[str] = set()
    for line in cell.lines:
        new = _weights_in(line.expression) & fresh
        if not new:
            continue
        function, terms = _sum_of(line.expression)
        rest = [term for term in terms if not _weights_in(term[1]) & fresh]
        known = line.name in before.signals and _sum_of(before[line.name].expression)
        (added if known == (function, rest) else spoiled).update(new)
    return added - spoiled


def _sum_of(expression: Expression) -> tuple[str, list[tuple[int, Expression]]]:
    """The function around a line and the terms of the sum inside it."""
    if isinstance(expression, Apply) and len(expression.arguments) == 1:
        return expression.function, summands(expression.arguments[0])
    return "", summands(expression)


def _weights_in(expression: Expression) -> set[str]:
    return names(expression) | {n.weight for n in walk(expression) if isinstance(n, Product)}


def _readers(cell: Cell, weight: str) -> set[str]:
    """The roles of the lines in which a weight stands."""
    return {
        cell.roles[line.name].key
        for line in cell.lines
        if weight in names(line.expression)
        or any(isinstance(n, Product) and n.weight == weight for n in walk(line.expression))
    }

"""What becomes of a trained network when its cell is edited: weights stay where they still fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import Product, names, walk
from lstm_viz.network import Network, load, shipped, untrained
from lstm_viz.tasks import Task
from lstm_viz.weights import init_weights

TRAINED, EDITED, UNTRAINED = "trained", "edited", "untrained"


@dataclass(frozen=True, eq=False)
class Edited:
    """A network, and how it came by its weights.

    ``state`` is "trained" for a shipped network as it is, "edited" where the cell was changed under
    trained weights, "untrained" where nothing of it was ever trained. ``kept`` are the weights that
    stayed, ``fresh`` those that start anew; ``base`` is the cell that was trained.
    """

    network: Network
    state: str
    kept: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    base: Cell | None = None


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


def edited(network: Network, cell: Cell, seed: int = 0) -> Edited:
    """The network with another cell in every layer.

    A weight stays where its name, its shape, and the role of the lines that read it agree; the
    others start anew. Embedding and head stay. Metrics do not: it was not trained like this.
    """
    layers, kept = [], set(cell.weight_names)
    for number, (before, weights) in enumerate(network.layers):
        width = _width(network, number)
        shapes = cell.weight_shapes(width, network.hidden)
        here = {
            name
            for name, shape in shapes.items()
            if name in weights
            and np.shape(weights[name]) == shape
            and _readers(cell, name) == _readers(before, name)
        }
        fresh = init_weights(cell, width, network.hidden, seed=seed + number)
        layers.append((cell, {n: weights[n] if n in here else fresh[n] for n in shapes}))
        kept &= here
    found = Network(
        task=network.task,
        layers=tuple(layers),
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
    )


def _width(network: Network, number: int) -> int:
    """How many numbers a layer is given at each step."""
    if number:
        return network.hidden
    return 1 if network.embedding is None else network.embedding.shape[1]


def _readers(cell: Cell, weight: str) -> set[str]:
    """The roles of the lines in which a weight stands."""
    return {
        cell.roles[line.name].key
        for line in cell.lines
        if weight in names(line.expression)
        or any(isinstance(n, Product) and n.weight == weight for n in walk(line.expression))
    }

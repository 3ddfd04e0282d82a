"""Teach a cell a task; ``python -m lstm_viz.training.ship subject lstm`` makes its network again.

With ``--all`` every shipped network is trained, one after the other. Each prints its final metric,
measured on held-out sequences that have chosen nothing, beside what one scores without a network,
and how far its weights are from the shipped ones: nothing on the machine that made them; on others,
where products are rounded in another order, they differ, and the metric is what counts.

The shipped networks are the best of a few seeds, the same number for every cell of a task. The best
is chosen on validation sequences, and a file holds its recipe and how all of them did there; what
is reported of the chosen one was measured on others. ``--seeds 4 --write`` makes that choice anew
and replaces the file; ``--measure --write`` leaves the weights as they are and measures them again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks import network as networks
from lstm_viz.networks.network import Network, untrained
from lstm_viz.networks.torch.layer import RecurrentNet
from lstm_viz.tasks import TASKS, Task, read_forward
from lstm_viz.tasks.score import Metrics
from lstm_viz.tasks.task import Recipe
from lstm_viz.training.learner import Learner, quick

SHIPPED_CELLS = ("rnn", "lstm", "peephole", "coupled", "gru")
TRAINED = Path(networks.__file__).parent / "trained"


def train(
    task: Task,
    cell: Cell,
    recipe: Recipe | None = None,
    watch: Callable[[int, float], None] | None = None,
) -> Network:
    """A network that has learnt the task, and what the task measured about it.

    The same recipe gives the same network on the same machine. ``watch(step, loss)`` is called
    after every step; an exception it raises ends the training. torch is set to one thread. Raises
    FloatingPointError where the loss becomes no number.
    """
    recipe = recipe or task.recipe
    net = RecurrentNet(_start(task, cell, recipe)).float()
    with quick():
        _teach(net, recipe, watch)
    network: Network = net.to_network(training=asdict(recipe))
    return measured(network, task)


def measured(network: Network, task: Task) -> Network:
    """The network with all that is reported of it."""
    return replace(network, metrics=task.measure(network))


def _teach(net: RecurrentNet, recipe: Recipe, watch: Callable[[int, float], None] | None) -> None:
    learner = Learner(net, recipe)
    for step in range(recipe.steps):
        loss, _norm = learner.learn()
        if learner.step == step:
            raise FloatingPointError(f"After {step} steps the loss was no number any more.")
        if watch:
            watch(step, loss)


def best_of(task: Task, cell: Cell, seeds: int) -> Network:
    """The network that the task prefers, of those trained from seeds 0, 1, ...; it knows the rest.

    The choice is made on the validation sequences, and ``network.training["of_seeds"]`` has the
    score of every one on these, in the order of the seeds. Its ``metrics`` are on others.
    """
    tried = [train(task, cell, replace(task.recipe, seed=seed)) for seed in range(seeds)]
    validated = [task.validate(network) for network in tried]
    place = max(range(seeds), key=lambda number: task.preferred(validated[number]))
    scores = [found[task.score.key] for found in validated]
    return replace(tried[place], training={**tried[place].training, "of_seeds": scores})


def again(task: Task, cell: Cell) -> Network:
    """The shipped network, trained again by the recipe that its file holds."""
    try:
        training = networks.load(task.name, cell.name).training
    except ValueError:
        training = {}
    known = {field.name for field in fields(Recipe)}
    recipe = replace(task.recipe, **{k: v for k, v in training.items() if k in known})
    return _with_training(train(task, cell, recipe), training)


def _with_training(network: Network, training: Mapping[str, object]) -> Network:
    return replace(network, training={**training, **network.training})


def _start(task: Task, cell: Cell, recipe: Recipe) -> Network:
    return untrained(
        task,
        cell,
        recipe.hidden,
        recipe.embedding,
        seed=recipe.seed,
        forget_bias=recipe.forget_bias,
    )


def _beside_baselines(network: Network) -> Metrics:
    """The metrics, what one scores without a network, and how much of the test was trained on."""
    task, seed = network.task, int(network.training.get("seed", 0))
    return {
        **network.metrics,
        "baselines": task.baselines(),
        "share_seen": task.share_seen(seed),
    }


def report(network: Network, seconds: float) -> str:
    """One line: the final metric beside its baselines, and the distance to the shipped weights."""
    task, score = network.task, network.task.score
    baselines = {**network.metrics["baselines"]}
    optimum = network.metrics.get("optimum", score.optimum)
    if optimum is not None:
        baselines["best possible"] = optimum
    beside = ", ".join(f"{name} {score.written(value)}" for name, value in baselines.items())
    found = score.written(network.metrics[score.key])
    return (
        f"{task.name} {network.cell.name}: {score.label} {found} ({beside}); "
        f"{network.count} parameters, {seconds:.0f} s, {_distance(network)}"
    )


def _distance(network: Network) -> str:
    try:
        there = networks.load(network.task.name, network.cell.name).arrays()
    except ValueError:
        return "none shipped yet"
    here = network.arrays()
    if {name: a.shape for name, a in here.items()} != {name: a.shape for name, a in there.items()}:
        return "other sizes than shipped"
    apart = max(float(np.abs(here[name] - there[name]).max()) for name in here)
    return f"weights at most {apart:.2g} from the shipped ones"


def main() -> None:
    tasks = read_forward()
    parser = argparse.ArgumentParser(prog="python -m lstm_viz.training.ship", description=__doc__)
    parser.add_argument("task", nargs="?", choices=tasks, metavar="TASK", help=", ".join(tasks))
    parser.add_argument(
        "cell", nargs="?", choices=[*CELLS], metavar="CELL", help=", ".join(SHIPPED_CELLS)
    )
    parser.add_argument("--seeds", type=int, help="choose anew, the best of so many seeds")
    parser.add_argument("--all", action="store_true", help="every task with every shipped cell")
    parser.add_argument("--measure", action="store_true", help="measure what is shipped again")
    parser.add_argument("--write", action="store_true", help="replace the shipped files")
    asked = parser.parse_args()
    if not asked.all and not asked.task:
        parser.error("name a task, and a cell if you want one only; or --all")
    of_all = [name for name in tasks if TASKS[name].ships]
    cells = [asked.cell] if asked.cell else SHIPPED_CELLS
    for task in of_all if asked.all else [asked.task]:
        for cell in cells:
            start = time.perf_counter()
            wanted = TASKS[task], CELLS[cell]
            if asked.measure:
                network = measured(networks.load(task, cell), wanted[0])
            else:
                network = best_of(*wanted, asked.seeds) if asked.seeds else again(*wanted)
            network = replace(network, metrics=_beside_baselines(network))
            print(report(network, time.perf_counter() - start), flush=True)
            if asked.write:
                (TRAINED / networks.file_name(task, cell)).write_bytes(network.to_bytes())


if __name__ == "__main__":
    main()

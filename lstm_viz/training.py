"""Teach a cell a task; ``python -m lstm_viz.training subject lstm`` makes a shipped network again.

With ``--all`` every shipped network is trained, one after the other. Each prints its final metric,
measured on sequences it was never trained on, beside what one scores without a network, and how far
its weights are from the shipped ones: nothing on the machine that made them; on others, where
products are rounded in another order, they differ, and the metric is what counts.

The shipped networks are the best of a few seeds, the same number for every cell of a task; a file
holds its recipe and the scores of all of them. ``--seeds 4 --write`` makes that choice anew and
replaces the file.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lstm_viz import network as networks
from lstm_viz.cells import CELLS, Cell
from lstm_viz.network import Network, untrained
from lstm_viz.tasks import TASKS, Task
from lstm_viz.tasks.task import IGNORED, Recipe
from lstm_viz.torch_network import RecurrentNet

SHIPPED_CELLS = ("rnn", "lstm", "peephole", "coupled", "gru")
TRAINED = Path(__file__).parent / "trained"
FINAL_RATE = 0.1  # the learning rate falls to this share of itself


def train(
    task: Task,
    cell: Cell,
    recipe: Recipe | None = None,
    watch: Callable[[int, float], None] | None = None,
) -> Network:
    """A network that has learnt the task, and what the task measured about it.

    The same recipe gives the same network on the same machine. ``watch(step, loss)`` is called
    after every step; an exception it raises ends the training. torch is set to one thread, and
    while it trains numbers near 1e-40 are zero: vanishing gradients make them, and they are slow.
    """
    recipe = recipe or task.recipe
    net = RecurrentNet(_start(task, cell, recipe)).float()
    with _quick():
        _teach(net, recipe, watch)
    network = net.to_network(training=asdict(recipe))
    return replace(network, metrics=task.measure(network))


@contextmanager
def _quick() -> Iterator[None]:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _teach(net: RecurrentNet, recipe: Recipe, watch: Callable[[int, float], None] | None) -> None:
    task, rng = net.network.task, np.random.default_rng(recipe.seed)
    optimiser = torch.optim.Adam(net.parameters(), lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: FINAL_RATE ** (step / recipe.steps)
    )
    for step in range(recipe.steps):
        inputs, targets = (torch.tensor(part) for part in task.batch(rng, recipe.batch))
        optimiser.zero_grad()
        loss = _loss(net, inputs, targets, recipe, step)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip)
        optimiser.step()
        schedule.step()
        if watch:
            watch(step, loss.item())


def best_of(task: Task, cell: Cell, seeds: int) -> Network:
    """The network that the task prefers, of those trained from seeds 0, 1, ...; it knows the rest.

    ``network.training["of_seeds"]`` has the score of every one, in the order of the seeds.
    """
    tried = [train(task, cell, replace(task.recipe, seed=seed)) for seed in range(seeds)]
    best = max(tried, key=lambda network: task.preferred(network.metrics))
    scores = [network.metrics[task.score.key] for network in tried]
    return replace(best, training={**best.training, "of_seeds": scores})


def again(task: Task, cell: Cell) -> Network:
    """The shipped network, trained again by the recipe that its file holds."""
    try:
        training = networks.load(task.name, cell.name).training
    except ValueError:
        training = {}
    known = {field.name for field in fields(Recipe)}
    recipe = replace(task.recipe, **{k: v for k, v in training.items() if k in known})
    return _with_training(train(task, cell, recipe), training)


def _with_training(network: Network, training: Mapping[str, Any]) -> Network:
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


def _loss(net: RecurrentNet, inputs: Tensor, targets: Tensor, recipe: Recipe, step: int) -> Tensor:
    """Mean over all steps that have a target, and the price of a loud h."""
    if not targets.is_floating_point():
        h = net.hidden(inputs)[-1]
        loss = functional.cross_entropy(
            net.answer(h).flatten(0, 1),
            targets.flatten(),
            weight=_emphasis(net.network.task, recipe, step),
            ignore_index=IGNORED,
        )
    else:
        h = net.hidden(inputs.float())[-1]
        loss = functional.mse_loss(net.answer(h), targets.float())
    return loss + recipe.penalty * h.abs().mean() if recipe.penalty else loss


def _emphasis(task: Task, recipe: Recipe, step: int) -> Tensor | None:
    """What each symbol counts at this step; None where all count alike."""
    left = 1 - step / (recipe.steps * 2 / 3)
    if left <= 0 or recipe.emphasis == 1 or not task.emphasised:
        return None
    weights = torch.ones(len(task.symbols or ()))
    weights[[task.numbers[symbol] for symbol in task.emphasised]] += (recipe.emphasis - 1) * left
    return weights


def _beside_baselines(network: Network) -> dict[str, Any]:
    """The metrics, and what one scores without a network: whoever has the file has both."""
    return {**network.metrics, "baselines": network.task.baselines()}


def report(network: Network, seconds: float) -> str:
    """One line: the final metric beside its baselines, and the distance to the shipped weights."""
    task, score = network.task, network.task.score
    baselines = {**network.metrics["baselines"]}
    if score.optimum is not None:
        baselines["best possible"] = score.optimum
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
    parser = argparse.ArgumentParser(prog="python -m lstm_viz.training", description=__doc__)
    parser.add_argument("task", nargs="?", choices=[*TASKS], metavar="TASK", help=", ".join(TASKS))
    parser.add_argument(
        "cell", nargs="?", choices=[*CELLS], metavar="CELL", help=", ".join(SHIPPED_CELLS)
    )
    parser.add_argument("--seeds", type=int, help="choose anew, the best of so many seeds")
    parser.add_argument("--all", action="store_true", help="every task with every shipped cell")
    parser.add_argument("--write", action="store_true", help="replace the shipped files")
    asked = parser.parse_args()
    if not asked.all and not asked.task:
        parser.error("name a task, and a cell if you want one only; or --all")
    tasks = TASKS if asked.all else [asked.task]
    cells = [asked.cell] if asked.cell else SHIPPED_CELLS
    for task in tasks:
        for cell in cells:
            start = time.perf_counter()
            wanted = TASKS[task], CELLS[cell]
            network = best_of(*wanted, asked.seeds) if asked.seeds else again(*wanted)
            network = replace(network, metrics=_beside_baselines(network))
            print(report(network, time.perf_counter() - start), flush=True)
            if asked.write:
                (TRAINED / networks.file_name(task, cell)).write_bytes(network.to_bytes())


if __name__ == "__main__":
    main()

"""One step of learning after the other: what every training here is made of.

Shipped networks and runs of the Train page learn by it alike: the task draws a batch, the gradient
is clipped, the learning rate falls evenly in its logarithm to a tenth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
import torch._dynamo  # now, and not in the middle of the first step
from torch import Tensor
from torch.nn import functional

from lstm_viz.networks.torch.layer import RecurrentNet
from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.seen import Batch
from lstm_viz.tasks.task import Recipe, Task

FINAL_RATE = 0.1  # the learning rate falls to this share of itself

OPTIMISERS = {
    "adam": torch.optim.Adam,
    "rmsprop": torch.optim.RMSprop,
    "sgd": lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9),
}


@contextmanager
def quick() -> Iterator[None]:
    """One thread, and numbers near 1e-40 are zero: vanishing gradients make them, and are slow."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


class Learner:
    """A network that is being taught its task by a recipe; ``step`` is how many steps it has done.

    All of it follows from the network's weights and the recipe, whose seed draws the batches.
    """

    def __init__(self, net: RecurrentNet, recipe: Recipe, optimiser: str = "adam"):
        self.net, self.recipe, self.task = net, recipe, net.network.task
        self.rng = np.random.default_rng(recipe.seed)
        self.optimiser = OPTIMISERS[optimiser](net.parameters(), lr=recipe.learning_rate)
        self.step = 0
        self.drawn: Batch | None = None  # what the last step learnt from

    def learn(self) -> tuple[float, float]:
        """One step: its loss, and the length that the gradient had before it was clipped.

        Where either is no number the weights stay as they are, and no step was done.
        """
        inputs, targets = self.drawn = self.task.batch(self.rng, self.recipe.batch)
        rate = self.recipe.learning_rate * FINAL_RATE ** (self.step / self.recipe.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        loss = self._loss(tensor(inputs), torch.tensor(targets))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.recipe.clip).item()
        if math.isfinite(loss.item()) and math.isfinite(norm):
            self.optimiser.step()
            self.step += 1
        return loss.item(), norm

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """The mean over all answers that are asked for, and the price of a loud h."""
        h = self.net.hidden(inputs)[-1]
        loss = error_of(self.net.answer(h), targets, emphasis(self.task, self.recipe, self.step))
        return loss + self.recipe.penalty * h.abs().mean() if self.recipe.penalty else loss


def tensor(inputs: np.ndarray) -> Tensor:
    """What a task draws, as a network in training reads it: symbols, or float32 numbers."""
    found = torch.tensor(inputs)
    return found.float() if found.is_floating_point() else found


def emphasis(task: Task, recipe: Recipe, step: int) -> Tensor | None:
    """What each symbol counts at this step; None where all count alike."""
    left = 1 - step / (recipe.steps * 2 / 3)
    if left <= 0 or recipe.emphasis == 1 or not task.emphasised:
        return None
    weights = torch.ones(len(task.symbols or ()))
    weights[[task.numbers[symbol] for symbol in task.emphasised]] += (recipe.emphasis - 1) * left
    return weights


def error_of(outputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
    """The loss as ``tasks/loss.py`` says it, by torch: the mean over the answers asked for.

    ``weight`` is what each symbol counts.
    """
    if not targets.is_floating_point():
        return functional.cross_entropy(
            outputs.flatten(0, 1), targets.flatten(), weight, ignore_index=IGNORED
        )
    targets = targets.float()
    asked = ~torch.isnan(targets)
    if asked.all():
        return functional.mse_loss(outputs, targets)
    return functional.mse_loss(outputs[asked], targets[asked])

"""Train the stacks: ``python -m lstm_viz.training.ship_someone``, with ``--write`` into the app.

torch's own modules learn, on sequences of unequal length that are packed; what is written are their
weights, and their scores on sentences that none was trained on. One start each: a network that
failed is shown as one.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from lstm_viz.cells import CELLS
from lstm_viz.networks.gate_order import weights_from
from lstm_viz.networks.network import DEEPEST, STACKED, Network, stack_name
from lstm_viz.run.layers import WAYS, places
from lstm_viz.tasks import Sequence
from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.someone import CHANCE, LEARNT_FROM, TASK, episode
from lstm_viz.training.learner import error_of
from lstm_viz.training.ship import TRAINED


class TorchStack(nn.Module):
    """A network of torch's own modules for the task, which learns."""

    def __init__(self, kind: str, layers: int, both: bool):
        super().__init__()
        recipe = TASK.recipe
        self.embedding = nn.Embedding(len(TASK.numbers), recipe.embedding)
        self.layers = getattr(nn, kind)(recipe.embedding, recipe.hidden, layers, bidirectional=both)
        self.head = nn.Linear(recipe.hidden * (1 + both), TASK.outputs)

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(self.embedding(numbers), lengths, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.layers(packed)[0])
        return self.head(h)


def taught(cell: str, layers: int, both: bool, seed: int = 0) -> Network:
    """A network after its lessons, with its score."""
    torch.manual_seed(seed)
    rng, recipe = np.random.default_rng(seed), TASK.recipe
    learner = TorchStack(cell.upper(), layers, both)
    optimiser = torch.optim.Adam(learner.parameters(), recipe.learning_rate)
    lessons = [episode(rng) for _ in range(LEARNT_FROM)]
    for _ in range(recipe.steps):
        chosen = rng.integers(0, LEARNT_FROM, recipe.batch)
        numbers, lengths, targets = _batch([lessons[number] for number in chosen])
        loss = error_of(learner(numbers, lengths), targets)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learner.parameters(), recipe.clip)
        optimiser.step()
    found = network_of(learner, cell)
    return replace(found, metrics=TASK.measure(found))


def network_of(learner: TorchStack, cell: str) -> Network:
    """The same network without torch."""
    modules = learner.layers
    ways = WAYS[: 1 + modules.bidirectional]
    return Network(
        task=TASK,
        layers={
            place: (CELLS[cell], weights_from(modules, *place))
            for place in places(modules.num_layers, ways)
        },
        head_weight=_numbers(learner.head.weight),
        head_bias=_numbers(learner.head.bias),
        embedding=_numbers(learner.embedding.weight),
    )


def _batch(episodes: list[Sequence]) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers and targets (T, B), padded, and the lengths (B,)."""
    codes = [torch.from_numpy(TASK.encode(words)) for words in episodes]
    targets = [torch.from_numpy(TASK.targets(words)) for words in episodes]
    lengths = torch.tensor([len(one) for one in codes])
    return pad_sequence(codes), lengths, pad_sequence(targets, padding_value=IGNORED)


def _numbers(parameter: Tensor) -> np.ndarray:
    numbers: np.ndarray = parameter.detach().double().numpy()
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the networks into the app")
    write = parser.parse_args().write
    torch.set_num_threads(1)
    for cell in STACKED:
        for layers in range(1, DEEPEST + 1):
            for both in (False, True):
                name = stack_name(TASK.name, cell, layers, both)
                network = taught(cell, layers, both)
                score = TASK.score.written(network.metrics[TASK.score.key])
                print(f"{name}: {score} right, chance {CHANCE:.0%}")
                if write:
                    (TRAINED / name).write_bytes(network.to_bytes())


if __name__ == "__main__":
    main()

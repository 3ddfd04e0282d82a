"""Train the readers: ``python -m lstm_viz.training.ship_someone``, with ``--write`` into the app.

torch's own modules learn; what is written are their weights, and their scores on sentences that
none was trained on. One start each: a reader that failed is shown as one.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from lstm_viz.cells import CELLS
from lstm_viz.networks.gate_order import weights_from
from lstm_viz.networks.reader import CELL_NAMES, DEEPEST, FOLDER, Reader, file_name
from lstm_viz.run.layers import WAYS, places
from lstm_viz.tasks.someone import ANSWERS, CHANCE, SYMBOLS, answers, encode, episode

HIDDEN, EMBEDDING = 8, 6
STEPS, BATCH, LEARNING_RATE = 400, 32, 0.02
LEARNT_FROM, HELD_OUT = 2000, 300  # episodes
NO_ANSWER = -100


class TorchReader(nn.Module):
    """A reader of torch's own modules, which learns."""

    def __init__(self, kind: str, layers: int, both: bool):
        super().__init__()
        self.embedding = nn.Embedding(len(SYMBOLS), EMBEDDING)
        self.layers = getattr(nn, kind)(EMBEDDING, HIDDEN, layers, bidirectional=both)
        self.head = nn.Linear(HIDDEN * (1 + both), len(ANSWERS))

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(self.embedding(numbers), lengths, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.layers(packed)[0])
        return self.head(h)


def taught(cell: str, layers: int, both: bool, seed: int = 0) -> Reader:
    """A reader after its lessons, with its score."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    learner = TorchReader(cell.upper(), layers, both)
    optimiser = torch.optim.Adam(learner.parameters(), LEARNING_RATE)
    lessons = [episode(rng) for _ in range(LEARNT_FROM)]
    for _ in range(STEPS):
        chosen = rng.integers(0, LEARNT_FROM, BATCH)
        numbers, lengths, wanted = _batch([lessons[number] for number in chosen])
        loss = nn.functional.cross_entropy(
            learner(numbers, lengths).flatten(0, 1), wanted.flatten(), ignore_index=NO_ANSWER
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimiser.step()
    found = reader_of(learner, cell)
    return Reader(**(vars(found) | {"metrics": {"accuracy": found.accuracy(held_out())}}))


def reader_of(learner: TorchReader, cell: str) -> Reader:
    """The same network without torch."""
    modules = learner.layers
    ways = WAYS[: 1 + modules.bidirectional]
    return Reader(
        cell=CELLS[cell],
        embedding=_numbers(learner.embedding.weight),
        weights={
            place: weights_from(modules, *place) for place in places(modules.num_layers, ways)
        },
        head_weight=_numbers(learner.head.weight),
        head_bias=_numbers(learner.head.bias),
        metrics={},
    )


def held_out() -> list[tuple[str, ...]]:
    """Sentences from a stream of their own. Short ones may have been met: nothing in them tells."""
    rng = np.random.default_rng(10_000)
    return [episode(rng) for _ in range(HELD_OUT)]


def _batch(episodes: list[tuple[str, ...]]) -> tuple[Tensor, Tensor, Tensor]:
    numbers = pad_sequence([torch.from_numpy(encode(words)) for words in episodes])
    wanted = [
        torch.tensor([NO_ANSWER if answer is None else answer for answer in answers(words)])
        for words in episodes
    ]
    lengths = torch.tensor([len(words) for words in episodes])
    return numbers, lengths, pad_sequence(wanted, padding_value=NO_ANSWER)


def _numbers(parameter: Tensor) -> np.ndarray:
    numbers: np.ndarray = parameter.detach().double().numpy()
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the networks into the app")
    write = parser.parse_args().write
    torch.set_num_threads(1)
    for cell in CELL_NAMES:
        for layers in range(1, DEEPEST + 1):
            for both in (False, True):
                reader, name = taught(cell, layers, both), file_name(cell, layers, both)
                print(f"{name}: {reader.metrics['accuracy']:.1%} right, chance {CHANCE:.0%}")
                if write:
                    FOLDER.mkdir(exist_ok=True)
                    (FOLDER / name).write_bytes(reader.to_bytes())


if __name__ == "__main__":
    main()

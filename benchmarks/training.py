"""How long a training step's forward and backward pass takes, beside torch's own LSTM.

Three ways with the same weights, taking turns in one process: ``nn.LSTM`` (its fused kernel), the
cell's equations step by step under autograd, and the compiled pass. Medians, in float32, on one
thread. To reach: at most 2 times nn.LSTM, at least 1.5 times as fast as autograd. What no pass can
go below is its products of matrices, so each line says how many weights the cell has, those of an
LSTM being 1: ``fgr``, whose gates all see all gates, has 3.1 and takes as many times as long. The
stabilised ``slstm`` has 1, and many small steps between (exp, log, max, two means). After that, a
loss at the last of 200 steps beside one at every step, denormal numbers flushed as in every
training process.

``--ways`` prints torch's own module beside the compiled pass for each cell that has one, at many
sizes: what ``IS_TORCH_FASTER`` in ``networks/torch/layer.py`` keeps.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: one thread, as in a worker

import torch
from torch import Tensor, nn

from lstm_viz.cells import CELLS
from lstm_viz.networks.torch.autograd import hidden
from lstm_viz.networks.torch.layer import IS_TORCH_FASTER, CellLayer
from lstm_viz.run.weights import init_weights

SIZES = ((50, 32, 32), (100, 64, 64))
INPUTS = 2


def medians(passes: Mapping[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """The processor's milliseconds for each, the passes taking turns; other programs left out."""
    times: dict[str, list[float]] = {name: [] for name in passes}
    for turn in range(rounds + 2):
        for name, once in passes.items():
            start = time.thread_time()
            once()
            if turn >= 2:
                times[name].append(time.thread_time() - start)
    return {name: 1000 * statistics.median(found) for name, found in times.items()}


def forward_and_back(h: Callable[[Tensor], Tensor], x: Tensor, given: Tensor) -> Callable[[], None]:
    def once() -> None:
        h(x).backward(given)

    return once


def compare(name: str, T: int, B: int, H: int, rounds: int) -> None:
    x, given = torch.randn(T, B, INPUTS), torch.randn(T, B, H)
    layer = CellLayer(CELLS[name], init_weights(CELLS[name], INPUTS, H), H).float()
    weights = dict(layer.weights.items())
    fused = nn.LSTM(INPUTS, H)
    found = medians(
        {
            "nn.LSTM": forward_and_back(lambda x: fused(x)[0], x, given),
            "autograd": forward_and_back(lambda x: layer.signals(x, ["h"])["h"], x, given),
            "compiled": forward_and_back(lambda x: hidden(layer.cell, weights, x), x, given),
        },
        rounds,
    )
    weights_of_lstm = layer.cell.count(INPUTS, H) / CELLS["lstm"].count(INPUTS, H)
    print(
        f"{name:17} ({T}, {B}, {H})  weights {weights_of_lstm:.1f}  "
        f"nn.LSTM {found['nn.LSTM']:6.2f} ms  "
        f"compiled {found['compiled'] / found['nn.LSTM']:.2f} of it, "
        f"{found['autograd'] / found['compiled']:.1f} times as fast as autograd"
    )


def last_step(name: str, rounds: int) -> None:
    T, B, H = 200, 64, 64
    x, every = torch.randn(T, B, INPUTS), torch.randn(T, B, H)
    last = torch.zeros_like(every)
    last[-1] = every[-1]
    layer = CellLayer(CELLS[name], init_weights(CELLS[name], INPUTS, H), H).float()
    weights = dict(layer.weights.items())

    def h(x: Tensor) -> Tensor:
        return hidden(layer.cell, weights, x)

    found = medians(
        {"last": forward_and_back(h, x, last), "every": forward_and_back(h, x, every)}, rounds
    )
    print(f"{name:17} ({T}, {B}, {H})  loss at the last step {found['last'] / found['every']:.2f}")


def ways(kind: str, rounds: int) -> None:
    """torch's module by the compiled pass, for each size; a star where torch's is what is taken."""
    cell = CELLS[kind.lower()]
    print(f"{kind}: nn.{kind} / compiled, forward and back, {INPUTS} inputs")
    columns = (4, 8, 16, 32, 64, 128)
    print("   T    B", *(f"H={H:<6}" for H in columns))
    for T in (20, 100):
        for B in (1, 8, 32, 128):
            row = []
            for H in columns:
                x, given = torch.randn(T, B, INPUTS), torch.randn(T, B, H)
                layer = CellLayer(cell, init_weights(cell, INPUTS, H), H).float()
                compiled = partial(hidden, cell, dict(layer.weights.items()))
                found = medians(
                    {
                        "torch": forward_and_back(layer.fused, x, given),
                        "compiled": forward_and_back(compiled, x, given),
                    },
                    rounds,
                )
                is_taken = IS_TORCH_FASTER[kind](T, B, H)
                row.append(f"{found['torch'] / found['compiled']:6.2f}{'*' if is_taken else ' '} ")
            print(f"{T:4} {B:4}", *row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", nargs="*", default=[*CELLS])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--ways", action="store_true", help="torch's modules beside the compiled")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    if asked.ways:
        for kind in IS_TORCH_FASTER:
            ways(kind, asked.rounds)
        return
    for T, B, H in SIZES:
        for name in asked.cells:
            compare(name, T, B, H, asked.rounds)
    for name in ("peephole", "rnn"):
        last_step(name, asked.rounds)


if __name__ == "__main__":
    main()

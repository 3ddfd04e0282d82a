"""Microseconds per step of `lv.run`, beside two hand-written NumPy LSTMs and torch.nn.LSTM.

The hand-written ones record the same six signals, one as a textbook would, one as fast as NumPy
can; torch records nothing but h. At T=60, B=1, H=8 the aim is a run
within 1.2 times of the faster hand-written one. Rounds
are interleaved, so that a busy machine slows all of them down alike; what is printed is the median
of each, and the median of the rounds' own ratios.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: one thread, as in the web process

import statistics
from collections.abc import Callable, Mapping
from time import perf_counter

import numpy as np
import torch

import lstm_viz as lv
from lstm_viz.networks.gate_order import TORCH, load_into

D = 8
ROUNDS = 15
CELL = lv.CELLS["lstm"]

Weights = Mapping[str, np.ndarray]


def textbook_lstm(weights: Weights, x: np.ndarray) -> dict[str, np.ndarray]:
    """The LSTM as one writes it down: one product for all gates, one line a gate."""
    order = TORCH["LSTM"]
    W = np.concatenate([weights[f"W_{gate}"] for gate in order]).T
    U = np.concatenate([weights[f"U_{gate}"] for gate in order]).T
    b = np.concatenate([weights[f"b_{gate}"] for gate in order])
    T, B, H = *x.shape[:2], len(U)
    record = {name: np.empty((T, B, H)) for name in ("f", "i", "c_tilde", "c", "o", "h")}
    h, c = np.zeros((B, H)), np.zeros((B, H))
    drive = x @ W + b
    for t in range(T):
        a = drive[t] + h @ U
        i = 1 / (1 + np.exp(-a[:, :H]))
        f = 1 / (1 + np.exp(-a[:, H : 2 * H]))
        c_tilde = np.tanh(a[:, 2 * H : 3 * H])
        o = 1 / (1 + np.exp(-a[:, 3 * H :]))
        c = f * c + i * c_tilde
        h = o * np.tanh(c)
        for name, value in zip(record, (f, i, c_tilde, c, o, h), strict=True):
            record[name][t] = value
    return record


def tuned_lstm(weights: Weights, x: np.ndarray) -> dict[str, np.ndarray]:
    """The same with everything computed in place, where it is recorded."""
    order = "fioc"  # one sigmoid for three gates
    W = np.concatenate([weights[f"W_{gate}"] for gate in order]).T
    U = np.concatenate([weights[f"U_{gate}"] for gate in order]).T
    b = np.concatenate([weights[f"b_{gate}"] for gate in order])
    T, B, H = *x.shape[:2], len(U)
    gates = x @ W
    gates += b
    c, h = np.empty((T, B, H)), np.empty((T, B, H))
    past_c, past_h, recurrent = np.zeros((B, H)), np.zeros((B, H)), np.empty((B, 4 * H))
    written = np.empty((B, H))
    for t in range(T):
        a = gates[t]
        np.matmul(past_h, U, out=recurrent)
        a += recurrent
        s, c_tilde = a[:, : 3 * H], a[:, 3 * H :]
        np.negative(s, out=s)
        np.exp(s, out=s)
        s += 1
        np.reciprocal(s, out=s)
        np.tanh(c_tilde, out=c_tilde)
        np.multiply(a[:, :H], past_c, out=c[t])
        np.multiply(a[:, H : 2 * H], c_tilde, out=written)
        c[t] += written
        np.tanh(c[t], out=h[t])
        h[t] *= a[:, 2 * H : 3 * H]
        past_c, past_h = c[t], h[t]
    parts = dict(zip(("f", "i", "o", "c_tilde"), np.split(gates, 4, axis=2), strict=True))
    return parts | {"c": c, "h": h}


def seconds(work: Callable[[], object], repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        work()
    return (perf_counter() - start) / repeats


def compare(T: int, B: int, H: int) -> None:
    """One line: medians over interleaved rounds, each of about a tenth of a second."""
    weights = lv.init_weights(CELL, D, H)
    x = np.random.default_rng(0).normal(size=(T, B, D))
    module = torch.nn.LSTM(D, H, dtype=torch.float64)
    load_into(module, weights)
    tensor = torch.tensor(x)

    def forward() -> torch.Tensor:
        with torch.inference_mode():
            return module(tensor)[0]

    ways: dict[str, Callable[[], object]] = {
        "run": lambda: lv.run(CELL, weights, x),
        "textbook": lambda: textbook_lstm(weights, x),
        "tuned": lambda: tuned_lstm(weights, x),
        "torch": forward,
    }
    trace = lv.run(CELL, weights, x)
    np.testing.assert_allclose(trace.h, forward().numpy(), atol=1e-12)
    for by_hand in (textbook_lstm, tuned_lstm):
        for name, signal in by_hand(weights, x).items():
            np.testing.assert_allclose(signal, trace[name], atol=1e-12, err_msg=name)
    repeats = {name: max(1, round(0.1 / seconds(work, 2))) for name, work in ways.items()}
    rounds = [
        {name: seconds(work, repeats[name]) / T * 1e6 for name, work in ways.items()}
        for _ in range(ROUNDS)
    ]
    numbers = [statistics.median(times[name] for times in rounds) for name in ways]
    ratios = [
        statistics.median(times["run"] / times[name] for times in rounds)
        for name in ways
        if name != "run"
    ]
    print(f"{T:4}{B:4}{H:5}", *(f"{n:9.1f}" for n in numbers), " ", *(f"{r:9.2f}" for r in ratios))


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(f"microseconds per step, float64, D={D}, one thread; then run's ratio to each")
    columns = ("run", "textbook", "tuned", "nn.LSTM")
    print(
        "   T   B    H",
        *(f"{c:>9}" for c in columns),
        " ",
        *(f"{'/ ' + c:>9}" for c in columns[1:]),
    )
    compare(60, 1, 8)
    for B in (1, 32):
        for H in (8, 64, 256):
            compare(100, B, H)

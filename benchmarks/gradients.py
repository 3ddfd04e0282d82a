"""What the exact gradient flow of an LSTM costs, against torch.func.jacrev, in one run.

Ours, all of it: the Jacobian of every step, their product over time, the norms of dh_T/dh_t and
dc_T/dc_t, and the split of the loss's gradient by passages through gates. torch is asked for less,
in four ways, each also against ours for the same and no more:

- to the end: the last state by the state of each step, one jacrev for each step. This is what one
  writes down first, and it runs the network to its end for each step: T times as much work.
- one at a time: the Jacobian of each step by jacrev, the products by hand.
- all by vmap: the same Jacobians by one vmap of jacrev. This and the next are an expert's use.
- at once: one jacrev of the last state by a nothing added at every step; no Jacobians.
"""

import os
import statistics
import tracemalloc
from collections.abc import Callable
from functools import partial
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: one thread, for torch as well

import numpy as np
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.run.trace import Trace

GATES = "fico"


def trace_of(H: int, T: int, cell: str = "lstm", B: int = 1) -> Trace:
    x = np.random.default_rng(0).normal(size=(T, B, 8))
    return lv.run(CELLS[cell], lv.init_weights(CELLS[cell], 8, H, forget_bias=1.0), x)


def ours(trace: Trace) -> list[np.ndarray]:
    flow = lv.gradient_flow(trace)
    return [flow.jacobians, flow.norm("c"), flow.norm("h"), flow.excursions()]


def products(trace: Trace) -> list[np.ndarray]:
    """Jacobians and norms, without the split."""
    flow = lv.gradient_flow(trace)
    return [flow.jacobians, flow.norm("c"), flow.norm("h")]


def chain(trace: Trace) -> list[np.ndarray]:
    """The norms of the product over time alone."""
    flow = lv.gradient_flow(trace)
    return [flow.norm("c"), flow.norm("h")]


def norms(trace: Trace) -> np.ndarray:
    return lv.gradient_flow(trace).norm("h")


class Judge:
    """The LSTM of a trace on torch's tensors, one sequence: a state is c and h stacked, (2 H,)."""

    def __init__(self, trace: Trace):
        self.x = torch.tensor(np.array(trace.x[:, 0]))
        self.past = torch.tensor(np.concatenate([trace.past("c"), trace.past("h")], -1)[:, 0])
        self.W, self.U, self.b = (
            torch.tensor(np.concatenate([trace.weights[f"{kind}_{gate}"] for gate in GATES]))
            for kind in ("W", "U", "b")
        )

    def step(self, state: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        c, h = state.chunk(2)
        f, i, g, o = (self.W @ x + self.U @ h + self.b).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([c, o.sigmoid() * c.tanh()])

    def after(self, state: torch.Tensor, t: int) -> torch.Tensor:
        for x in self.x[t:]:
            state = self.step(state, x)
        return state

    def to_the_end(self, steps: range) -> list[torch.Tensor]:
        jacobian = torch.func.jacrev(self.after)
        return [jacobian(self.past[t], t) for t in steps]

    def one_at_a_time(self) -> list[torch.Tensor]:
        jacobian = torch.func.jacrev(self.step)
        return self._multiplied([jacobian(*of) for of in zip(self.past, self.x, strict=True)])

    def all_by_vmap(self) -> list[torch.Tensor]:
        jacobians = torch.func.vmap(torch.func.jacrev(self.step))(self.past, self.x)
        return self._multiplied(list(jacobians))

    def _multiplied(self, jacobians: list[torch.Tensor]) -> list[torch.Tensor]:
        products = [torch.eye(self.past.shape[1], dtype=torch.float64)]
        for jacobian in reversed(jacobians):
            products.append(products[-1] @ jacobian)
        return products[:0:-1]

    def at_once(self) -> torch.Tensor:
        def last(added: torch.Tensor) -> torch.Tensor:
            state = self.past[0]
            for x, nothing in zip(self.x, added, strict=True):
                state = self.step(state + nothing, x)
            return state

        return torch.func.jacrev(last)(torch.zeros_like(self.past))


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Of the processor, the median: what others do in between is left out."""

    def once() -> float:
        start = process_time()
        work()
        return process_time() - start

    return statistics.median(once() for _ in range(rounds))


def disagreement(trace: Trace, judge: Judge) -> float:
    """The largest difference between the products of our Jacobians and torch's, relative."""
    products = judge.one_at_a_time()
    J, chain, worst = lv.gradient_flow(trace).jacobians[:, 0], np.eye(judge.past.shape[1]), 0.0
    for step, product in zip(J[::-1], products[::-1], strict=True):
        chain = chain @ step
        worst = max(worst, abs(chain - product.numpy()).max() / abs(chain).max())
    return worst


def compare(H: int, T: int, rounds: int) -> None:
    trace = trace_of(H, T)
    judge = Judge(trace)
    # All steps to the end take minutes at H = 128; every twentieth, times twenty, says the same.
    every = 20 if H > 32 else 1
    whole = seconds(lambda: ours(trace), rounds)
    print(
        f"H={H}, T={T}: all of ours {whole * 1e3:.1f} ms, off by {disagreement(trace, judge):.0e}"
    )
    print("                              ms   times all of ours   times ours for the same")
    for name, work, times, same in (
        ("to the end", lambda: judge.to_the_end(range(0, T, every)), every, chain),
        ("one at a time", judge.one_at_a_time, 1, products),
        ("all by vmap", judge.all_by_vmap, 1, products),
        ("at once", judge.at_once, 1, chain),
    ):
        torchs = seconds(work, 1 if H > 32 else 3) * times
        alike = seconds(partial(same, trace), rounds)
        print(f"    {name:14} {torchs * 1e3:13.1f} {torchs / whole:19.1f} {torchs / alike:25.1f}")


def analytic(trace: Trace) -> np.ndarray:
    """The norms of dh_T/dh_t as an expert writes them for this one cell, batched, on torch."""
    weights = {name: torch.tensor(np.array(w)) for name, w in trace.weights.items()}
    f, i, g, o, c = (torch.tensor(np.array(trace[n])) for n in ("f", "i", "c_tilde", "o", "c"))
    past, squashed = torch.tensor(trace.past("c")), torch.tanh(c)
    T, B, H = c.shape
    by = {"f": past * f * (1 - f), "i": g * i * (1 - i), "c": i * (1 - g * g)}
    c_by_h = sum(slope[..., None] * weights[f"U_{gate}"] for gate, slope in by.items())
    shown = o * (1 - squashed * squashed)
    h_by_h = (squashed * o * (1 - o))[..., None] * weights["U_o"] + shown[..., None] * c_by_h
    h_by_c = shown * f
    of_c = torch.zeros(B, H, H, dtype=torch.float64)
    of_h = torch.eye(H, dtype=torch.float64).repeat(B, 1, 1)
    found = torch.empty(T, B, dtype=torch.float64)
    for t in reversed(range(T)):
        found[t] = torch.linalg.vector_norm(of_h, dim=(1, 2))
        into_h = torch.baddbmm(torch.bmm(of_c, c_by_h[t]), of_h, h_by_h[t])
        of_c, of_h = of_c * f[t][:, None] + of_h * h_by_c[t][:, None], into_h
    return found.numpy()


def products_alone(B: int, H: int, T: int) -> None:
    """The products without which there is no norm: (H, 2 H) by (2 H, H), for all, at each step."""
    rows, matrices = np.ones((B * H, 2 * H)), np.ones((2 * H, H))
    for _ in range(T):
        np.matmul(rows, matrices)


def compare_norms(B: int, H: int, T: int, rounds: int) -> None:
    """Norms of dh_T/dh_t. To reach: torch's time; with 64 sequences, twice the products'."""
    trace = trace_of(H, T, B=B)
    with torch.no_grad():
        np.testing.assert_allclose(norms(trace), analytic(trace), rtol=1e-9)
        turns = [
            [
                seconds(work, 1)
                for work in (
                    partial(norms, trace),
                    partial(analytic, trace),
                    partial(products_alone, B, H, T),
                )
            ]
            for _ in range(rounds)
        ]
    ours, torchs, alone = (statistics.median(times) * 1e3 for times in zip(*turns, strict=True))
    print(
        f"norms of dh_T/dh_t, B={B}, H={H}, T={T}: {ours:.1f} ms, {ours / torchs:.2f} of torch's "
        f"analytic {torchs:.1f} ms, {ours / alone:.1f} times its products' {alone:.1f} ms"
    )


def peak(cell: str, H: int, T: int) -> float:
    """MB that the run, the norms, the split and the loss take together at their most."""
    tracemalloc.start()
    flow = lv.gradient_flow(trace_of(H, T, cell))
    flow.norm("h"), flow.excursions(), flow.log10_loss("x")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


if __name__ == "__main__":
    torch.set_num_threads(1)
    compare(32, 100, rounds=9)
    compare(128, 200, rounds=5)
    compare_norms(1, 32, 100, rounds=15)
    compare_norms(64, 32, 100, rounds=5)
    print("the norms as T grows, H=64:")
    for T in (100, 200, 400, 800):
        trace = trace_of(64, T)
        spent = seconds(partial(norms, trace), 5)
        print(f"    T={T:4} {spent * 1e3:7.1f} ms, {spent / T * 1e6:6.0f} µs a step")
    for cell in ("lstm", "peephole", "gru_reset_before"):
        print(f"H=128, T=500, {cell}: {peak(cell, 128, 500):.0f} MB")

"""`lv.record` of torch.nn.LSTM beside the module's own forward pass, which shows no gates.

Both in one process, one thread, float32, taking turns; what is printed is the median of each and of
the turns' own ratios. To reach: at most 2 times the plain forward pass at every size, 1.8 between
the small ones and the large, the proof against the module's output left out. Then TorchLens, which
sees the gates only in an LSTM written as a loop: record is to be at least 1000 times faster.

Other kinds and forms follow, without an aim. NumPy multiplies with OpenBLAS, torch with oneDNN. A
variable that pins OpenBLAS to an older processor slows down one side alone, record by up to 1.5, so
it is not in force here; --pinned leaves it.
"""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy
if "--pinned" not in sys.argv:
    os.environ.pop("OPENBLAS_CORETYPE", None)

import argparse
import statistics
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter, thread_time
from typing import Any

import torch
from torch import Tensor, nn

import lstm_viz as lv

SIZES = ((50, 1, 8), (100, 32, 64), (200, 64, 128), (1000, 16, 256))
BETWEEN = ((200, 8, 64), (200, 4, 128), (64, 16, 32))  # near the switch between two ways
INPUTS = 64  # or as many as units, where those are fewer
SECONDS = 3.0  # spent on each line


def taking_turns(*passes: Callable[[], Any], seconds: float) -> list[list[float]]:
    """The processor's seconds for each pass, turn by turn, without what others do in between."""
    times: list[list[float]] = [[] for _ in passes]
    end = perf_counter() + seconds
    for once in passes:
        once()
    while perf_counter() < end or len(times[0]) < 5:
        for once, found in zip(passes, times, strict=True):
            start = thread_time()
            once()
            found.append(thread_time() - start)
    return times


def in_a_loop(T: int, B: int, H: int, seconds: float) -> None:
    """Each by itself many times in a row: nothing that the other needs is in the cache."""
    module, x = nn.LSTM(H, H), torch.randn(T, B, H)
    calls = 100 if B * H < 100 else 10

    def plain() -> None:
        with torch.no_grad():
            for _ in range(calls):
                module(x)

    def recorded() -> None:
        for _ in range(calls):
            lv.record(module, x)

    own, ours = taking_turns(plain, recorded, seconds=seconds)
    ratio = statistics.median(b / a for a, b in zip(own, ours, strict=True))
    numbers = [1000 / calls * statistics.median(times) for times in (own, ours)]
    title = f"LSTM {(T, B, H)}, each in a tight loop"
    print(f"{title:38}{numbers[0]:9.3f}{numbers[1]:9.3f}{ratio:8.2f}")


def compare(title: str, module: Any, x: Tensor, seconds: float) -> float:
    """Prints a line; the milliseconds that record takes."""

    def plain() -> None:
        with torch.no_grad():
            module(x)

    own, ours = taking_turns(plain, lambda: lv.record(module, x), seconds=seconds)
    ratio = statistics.median(b / a for a, b in zip(own, ours, strict=True))
    proof = lv.record(module, x).proof
    milliseconds = [1000 * statistics.median(times) for times in (own, ours)]
    print(f"{title:38}{milliseconds[0]:9.3f}{milliseconds[1]:9.3f}{ratio:8.2f}{proof:11.1e}")
    return milliseconds[1]


class Loop(nn.Module):
    """An LSTM as one writes it down, with every gate a tensor of its own."""

    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.W, self.U = nn.Linear(inputs, 4 * hidden), nn.Linear(hidden, 4 * hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        h = c = x.new_zeros(x.shape[1], self.U.in_features)
        shown = []
        for now in x:
            i, f, g, o = (self.W(now) + self.U(h)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            shown.append(h)
        return torch.stack(shown)


def beside_torchlens(T: int, B: int, H: int, ours: float) -> None:
    """TorchLens on a loop; it wraps torch's functions for good, so that it has to come last."""
    if find_spec("torchlens") is None:
        print("TorchLens is not installed here; `make bench` installs it")
        return
    import torchlens

    loop, x = Loop(H, H), torch.randn(T, B, H)
    (times,) = taking_turns(lambda: torchlens.trace(loop, x), seconds=0)
    theirs = 1000 * statistics.median(times)
    print(
        f"TorchLens {torchlens.__version__} on a loop {(T, B, H)}: {theirs:.0f} ms, "
        f"{theirs / ours:.0f} times record's {ours:.2f} ms"
    )


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--seconds", type=float, default=SECONDS)
    reading.add_argument("--pinned", action="store_true", help="leave OPENBLAS_CORETYPE in force")
    seconds = reading.parse_args().seconds
    torch.set_num_threads(1)
    torch.manual_seed(0)
    pinned = os.environ.get("OPENBLAS_CORETYPE")
    print(f"OPENBLAS_CORETYPE={pinned}" if pinned else "OpenBLAS chooses for this processor")
    print(f"{'(T, B, H)':38}{'forward':>9}{'record':>9}{'ratio':>8}{'proof':>11}   (ms)")
    ours = {}
    for T, B, H in SIZES:
        D = min(INPUTS, H)
        x = torch.randn(T, B, D)
        ours[T, B, H] = compare(f"LSTM {(T, B, H)}", nn.LSTM(D, H), x, seconds)
    for T, B, H in BETWEEN:
        D = min(INPUTS, H)
        compare(f"LSTM {(T, B, H)}", nn.LSTM(D, H), torch.randn(T, B, D), seconds)
    for size in (SIZES[0], *BETWEEN):
        in_a_loop(*size, seconds)
    print()
    T, B, H = SIZES[1]
    x = torch.randn(T, B, INPUTS)
    for title, module in {
        "GRU": nn.GRU(INPUTS, H),
        "RNN": nn.RNN(INPUTS, H),
        "LSTM, two layers": nn.LSTM(INPUTS, H, num_layers=2),
        "LSTM, both directions": nn.LSTM(INPUTS, H, bidirectional=True),
        "LSTM, float64": nn.LSTM(INPUTS, H).double(),
    }.items():
        compare(f"{title} {SIZES[1]}", module, x.to(next(module.parameters()).dtype), seconds / 3)
    print()
    beside_torchlens(*SIZES[0], ours[SIZES[0]])


if __name__ == "__main__":
    main()

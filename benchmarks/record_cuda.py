"""`lv.record` of modules on a GPU: is it the same there, and what does it cost beside the module?

On a machine with CUDA: PYTHONPATH=. python benchmarks/record_cuda.py. Prints for every kind of
module the proof (against the module's own answer on the GPU), and how far the recording is from the
one of the same module on the CPU; stops with an error where either is larger than it may be. cuDNN
multiplies float32 in TF32 if it is allowed to, so it is not here.
"""

from __future__ import annotations

import copy
import sys
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

import lstm_viz as lv

WITHIN = {torch.float32: 2e-5, torch.float64: 1e-12}
T, B, D, H = 50, 4, 6, 16


def modules(dtype: torch.dtype) -> dict[str, nn.Module]:
    kinds: dict[str, nn.Module] = {}
    for kind in ("LSTM", "GRU", "RNN"):
        whole, cell = getattr(nn, kind), getattr(nn, kind + "Cell")
        kinds[kind] = whole(D, H, dtype=dtype)
        kinds[f"{kind}, stacked, both directions"] = whole(
            D, H, num_layers=2, bidirectional=True, batch_first=True, dtype=dtype
        )
        kinds[f"{kind}Cell"] = cell(D, H, bias=False, dtype=dtype)
    return kinds


def inputs(module: Any, dtype: torch.dtype) -> torch.Tensor:
    first = getattr(module, "batch_first", False)
    return torch.randn(*((B, T, D) if first else (T, B, D)), dtype=dtype)


def check(title: str, module: nn.Module, x: Any, dtype: torch.dtype) -> None:
    on_gpu = copy.deepcopy(module).cuda()
    kept = [parameter.clone() for parameter in on_gpu.parameters()]
    here, there = lv.record(module, x), lv.record(on_gpu, x.to("cuda"))
    distance = max(
        float(np.nanmax(np.abs(there[place][name] - here[place][name])))
        for place, trace in here.traces.items()
        for name in trace.signals
    )
    proof = there.proof
    assert proof is not None
    unchanged = all(map(torch.equal, kept, on_gpu.parameters()))
    stays = all(parameter.is_cuda for parameter in on_gpu.parameters())
    print(f"{title:36}{str(dtype)[6:]:9}{proof:10.1e}{distance:10.1e}")
    if not (proof <= WITHIN[dtype] and distance <= WITHIN[dtype] and unchanged and stays):
        sys.exit(f"{title}: this is more than {WITHIN[dtype]}, or the module was changed")


def time_it(T: int, B: int, H: int, rounds: int = 20) -> None:
    module, x = nn.LSTM(64, H).cuda(), torch.randn(T, B, 64).cuda()
    times: dict[str, list[float]] = {"forward": [], "record": []}
    for _ in range(rounds):
        for name, once in (("forward", module), ("record", lambda x: lv.record(module, x))):
            torch.cuda.synchronize()
            start = perf_counter()
            with torch.no_grad():
                once(x)
            torch.cuda.synchronize()
            times[name].append(perf_counter() - start)
    forward, record = (1000 * float(np.median(found[2:])) for found in times.values())
    print(f"LSTM {(T, B, H)!s:18} forward {forward:8.2f} ms, record {record:8.2f} ms")


def main() -> None:
    if not torch.cuda.is_available():
        print("no CUDA on this machine: nothing to check")
        return
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(0)
    print(f"{torch.cuda.get_device_name()}\n{'':45}{'proof':>10}{'from CPU':>10}")
    for dtype in WITHIN:
        for title, module in modules(dtype).items():
            check(title, module, inputs(module, dtype), dtype)
        packed = pack_sequence(
            [torch.randn(n, D, dtype=dtype) for n in (7, 50, 1)], enforce_sorted=False
        )
        module = nn.LSTM(D, H, num_layers=2, bidirectional=True, dtype=dtype)
        check("LSTM, packed sequences", module, packed, dtype)
    for size in ((50, 1, 8), (100, 32, 64), (200, 64, 128), (1000, 16, 256)):
        time_it(*size)


if __name__ == "__main__":
    main()

"""The compiled pass inside torch: h of a sequence, and a backward that knows the equations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from lstm_viz.cells import Cell
from lstm_viz.run.compiled_back import BothWays
from lstm_viz.run.idle import Idle

_IDLE = Idle(BothWays, most=8, most_bytes=2**31)


def hidden(cell: Cell, weights: Mapping[str, Tensor], x: Tensor) -> Tensor:
    """h (T, B, H) for x (T, B, D), on the CPU; gradients flow to the weights and to x."""
    return _Pass.apply(cell, x, *(weights[name] for name in cell.weight_names))


class _Loan:
    """A workspace in use by one pass; given back when torch has forgotten the pass."""

    def __init__(self, *sizes: Any):
        self.sizes, self.workspace = sizes, _IDLE.take(*sizes)

    def __del__(self) -> None:
        _IDLE.put_back(self.workspace, *self.sizes)


class _Pass(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, cell: Cell, x: Tensor, *weights: Tensor) -> Tensor:
        arrays = {
            name: w.detach().numpy() for name, w in zip(cell.weight_names, weights, strict=True)
        }
        given = x.detach().numpy()
        H = _units(cell, arrays)
        loan = _Loan(cell, x.shape[2], H, x.shape[1], given.dtype)
        h = loan.workspace.forward(arrays, given)
        ctx.loan, ctx.cell = loan, cell
        return torch.from_numpy(np.ascontiguousarray(h.transpose(0, 2, 1)))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *of_output: Tensor) -> tuple[Tensor | None, ...]:
        is_x_wanted = ctx.needs_input_grad[1]
        found, of_x = ctx.loan.workspace.backward(of_output[0].detach().numpy(), is_x_wanted)
        of_weights = (torch.from_numpy(found[name]) for name in ctx.cell.weight_names)
        return None, None if of_x is None else torch.from_numpy(of_x), *of_weights


def _units(cell: Cell, weights: Mapping[str, np.ndarray]) -> int:
    return next(iter(weights.values())).shape[0] if cell.weight_names else 1

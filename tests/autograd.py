"""What torch's autograd says about a cell whose text Python reads, one sequence at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from lstm_viz.cells import Cell, functions
from tests.plainly import FUNCTIONS

torch.set_num_threads(1)

Tensors = dict[str, torch.Tensor]


def tensor(values: object) -> torch.Tensor:
    return torch.tensor(np.array(values, dtype=float))


def _known() -> dict:
    def over(function):
        # maximum(a, 0.3): torch wants two tensors
        return lambda *args: function(*(torch.as_tensor(a, dtype=torch.float64) for a in args))

    return {name: over(FUNCTIONS[name]) for name in functions.FUNCTIONS}


def step(
    cell: Cell, weights: Mapping, x: torch.Tensor, past: Mapping, held: Mapping | None = None
) -> Tensors:
    """Every signal of one step of one sequence, (H,) each, from ``past`` states (H,)."""
    sized = past or weights
    size = next(iter(sized.values())).shape[:1] if sized else x.shape
    names = _known() | dict(weights) | {"x": x}
    names |= {f"{state}_prev": value for state, value in past.items()}
    signals: Tensors = {}
    for line in cell.order:
        source = line.text.split("=", 1)[1].strip()
        value = torch.as_tensor(eval(source, {"__builtins__": {}}, names), dtype=torch.float64)
        # A constant line gets its size, and depends on x like any other, with no derivative.
        value = value + torch.zeros(size, dtype=torch.float64) + 0 * x.sum()
        if held and line.name in held:
            value = torch.where(held[line.name].isnan(), value, held[line.name])
        names[line.name] = signals[line.name] = value
    return signals


@dataclass
class Unrolled:
    """One sequence run by torch with everything kept for autograd."""

    x: torch.Tensor
    weights: Tensors
    start: Tensors
    steps: list[Tensors]

    def gradient(self, loss: torch.Tensor, *of: torch.Tensor) -> list[np.ndarray]:
        """The derivatives of ``loss``, zeros where it does not depend."""
        found = torch.autograd.grad(loss, of, retain_graph=True, allow_unused=True)
        return [
            np.zeros(leaf.shape) if grad is None else grad.numpy()
            for leaf, grad in zip(of, found, strict=True)
        ]


def unrolled(
    cell: Cell,
    weights: Mapping[str, np.ndarray],
    x: np.ndarray,
    start: Mapping[str, np.ndarray],
    hold: Mapping[str, np.ndarray] | None = None,
) -> Unrolled:
    """``x`` is (T, D), ``start`` and ``hold`` have (H,) and (T, H) arrays."""
    inputs = tensor(x).requires_grad_()
    leaves = {name: tensor(weight).requires_grad_() for name, weight in weights.items()}
    first = {name: tensor(value).requires_grad_() for name, value in start.items()}
    past, steps = first, []
    for t in range(len(x)):
        held = {name: tensor(values[t]) for name, values in (hold or {}).items()}
        signals = step(cell, leaves, inputs[t], past, held)
        steps.append(signals)
        past = {name: signals[name] for name in cell.states}
    return Unrolled(inputs, leaves, first, steps)


def jacobian(
    cell: Cell, weights: Mapping[str, np.ndarray], x: np.ndarray, past: Mapping[str, np.ndarray]
) -> np.ndarray:
    """The derivative of the stacked states after one step by those before it, by jacrev."""
    fixed = {name: tensor(weight) for name, weight in weights.items()}
    H = len(next(iter(past.values())))

    def one_step(stacked: torch.Tensor) -> torch.Tensor:
        states = dict(zip(cell.states, stacked.split(H), strict=True))
        signals = step(cell, fixed, tensor(x), states)
        return torch.cat([signals[state] for state in cell.states])

    before = torch.cat([tensor(past[state]) for state in cell.states])
    return torch.func.jacrev(one_step)(before).numpy()

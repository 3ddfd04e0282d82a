"""A cell's text read by Python itself on torch's tensors: what every faster way agrees with."""

from collections.abc import Callable, Mapping

import numpy as np
import torch

from lstm_viz.cells import functions


class _Judges(dict[str, Callable[..., torch.Tensor]]):
    """What judges a function: torch's own of the same name, but for those named here."""

    def __missing__(self, name: str) -> Callable[..., torch.Tensor]:
        return getattr(torch, name)


FUNCTIONS = _Judges(
    softplus=lambda a: torch.logaddexp(a, torch.zeros_like(a)),
    logsigmoid=torch.nn.functional.logsigmoid,
)


def _number(value: object) -> torch.Tensor:
    return torch.as_tensor(value, dtype=torch.float64)


def read(
    text: str,
    weights: Mapping[str, np.ndarray],
    x: np.ndarray,
    state: Mapping[str, np.ndarray] | None = None,
    hold: Mapping[str, np.ndarray] | None = None,
) -> dict[str, np.ndarray]:
    """Every name that the text assigns, (T, B, H), by evaluating its lines as Python.

    ``hold`` replaces a name's value wherever it has a number, (T, B, H), NaN = free.
    Inside, units come first: x is (D, B) and a state (H, B), so that ``W_f @ x + b_f`` is Python.
    """
    lines = [line.split("=", 1) for line in text.splitlines() if line.strip()]
    equations = {name.strip(): compile(source.strip(), name, "eval") for name, source in lines}
    T, B, _ = x.shape
    H = next((len(weight) for weight in weights.values()), 1)
    known = {
        name: lambda *args, function=FUNCTIONS[name]: function(*map(_number, args))
        for name in functions.FUNCTIONS
    }
    known |= {
        name: _number(w if np.ndim(w) == 2 else np.reshape(w, (-1, 1)))
        for name, w in weights.items()
    }
    past = {name: torch.zeros(H, B, dtype=torch.float64) for name in equations}
    past |= {name: _number(np.array(value)).T for name, value in (state or {}).items()}
    steps: dict[str, list[np.ndarray]] = {name: [] for name in equations}
    for t in range(T):
        now = known | {"x": _number(np.array(x[t])).T}
        now |= {f"{name}_prev": value for name, value in past.items()}
        waiting = dict(equations)
        while waiting:
            for name, equation in list(waiting.items()):
                try:
                    value = eval(equation, {"__builtins__": {}}, now)
                except NameError:
                    continue  # it needs a line that has not been computed yet
                now[name] = _number(value) * torch.ones(H, B, dtype=torch.float64)
                if hold and name in hold:
                    held = _number(np.array(hold[name][t])).T
                    now[name] = torch.where(held.isnan(), now[name], held)
                del waiting[name]
        past = {name: now[name] for name in equations}
        for name in equations:
            steps[name].append(now[name].T.numpy())
    return {name: np.stack(values) for name, values in steps.items()}

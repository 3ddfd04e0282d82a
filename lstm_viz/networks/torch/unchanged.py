"""A module is run, and afterwards it is as it was.

A forward may leave traces: spectral norms move their vectors in training, weight norms and pruning
put their product where the weight was, weight drop draws numbers, hooks count and keep. So what a
module holds is noted before and put back after: its tensors' numbers, which objects it holds, what
stands in its lists and tables, and where chance had got to. What hooks write elsewhere, into a list
of the caller's say, stays.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


@contextmanager
def unchanged(module: nn.Module) -> Iterator[None]:
    """After the ``with``, the module and all its parts are bit for bit as before it.

    So are the states of torch's, NumPy's and Python's generators of chance.
    """
    parts = list(module.modules())
    held = [(part.__dict__, dict(part.__dict__)) for part in parts]
    inside = [
        (value, value.copy())
        for _, attributes in held
        for value in attributes.values()
        if isinstance(value, list | dict | set)
    ]
    tensors = {id(one): one for one in _tensors(attributes for _, attributes in held)}
    numbers = [(one, one.detach().clone()) for one in tensors.values() if not one.is_meta]
    generators = [
        (value, value.get_state())
        for _, attributes in held
        for value in attributes.values()
        if isinstance(value, torch.Generator)
    ]
    devices = sorted({one.device.index or 0 for one in tensors.values() if one.is_cuda})
    of_python, of_numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices):
        try:
            yield
        finally:
            random.setstate(of_python)
            np.random.set_state(of_numpy)
            for generator, state in generators:
                generator.set_state(state)
            for attributes, before in held:
                _put_back(attributes, before)
            for container, contents in inside:
                _put_back(container, contents)
            for tensor, values in numbers:
                if not torch.equal(tensor.detach(), values):
                    tensor.data.copy_(values)  # unseen by graphs, which count what is written


def _tensors(attributes: Iterator[dict[str, Any]]) -> Iterator[Tensor]:
    """The parameters, buffers and other tensors among what modules hold."""
    for held in attributes:
        for value in held.values():
            inside = value.values() if isinstance(value, dict) else [value]
            yield from (one for one in inside if isinstance(one, Tensor))


def _put_back(now: Any, before: Any) -> None:
    if isinstance(now, list):
        if len(now) != len(before) or any(a is not b for a, b in zip(now, before, strict=True)):
            now[:] = before
    elif isinstance(now, set):
        if now != before:
            now.clear()
            now.update(before)
    elif list(now) != list(before) or any(now[key] is not before[key] for key in before):
        now.clear()
        now.update(before)

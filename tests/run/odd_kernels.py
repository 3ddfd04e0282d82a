"""Matrix products as other processors compute them: each may stand in for ``np.matmul``."""

from collections.abc import Callable

import numpy as np
import pytest

from lstm_viz.run import run as run_module
from lstm_viz.run.compiled import Workspace
from lstm_viz.run.idle import Idle

OWN = np.matmul


def wide(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> np.ndarray:
    """More digits and a wider range while it adds up: 8e308 - 8e308 is 0."""
    with np.errstate(all="ignore"):
        out[...] = left.astype(np.longdouble) @ right.astype(np.longdouble)
    return out


def fused(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> np.ndarray:
    """A product is rounded only once it has been added: 8e308 - 8e308 is infinite."""
    total = np.zeros(out.shape, out.dtype)
    for k in range(right.shape[-2]):
        product = left[..., :, k, None].astype(np.longdouble) * right[..., k, None, :]
        with np.errstate(all="ignore"):
            total = (product + total).astype(out.dtype)
    out[...] = total
    return out


def backwards(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> np.ndarray:
    """The last product comes first."""
    return fused(left[..., ::-1], right[..., ::-1, :], out)


def by_place(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> np.ndarray:
    """The last digit of a column depends on where it stands, and on what stands beside it."""
    OWN(left, right, out=out)
    columns = np.arange(out.shape[-1])
    beside = np.roll(out, 1, axis=-1) > 0
    out *= 1 + np.finfo(out.dtype).eps * (columns % 3 - 1 + beside)
    return out


KERNELS: dict[str, Callable] = {
    "own": OWN, "wide": wide, "fused": fused, "backwards": backwards, "by place": by_place
}  # fmt: skip


def use(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every product of a run from here on is this kernel's, until the test is over."""
    monkeypatch.setattr(np, "matmul", KERNELS[kernel])
    # What was laid out for earlier runs has the kernel of that time in it.
    monkeypatch.setattr(run_module, "_IDLE", Idle(Workspace, most=32, most_bytes=2**26))

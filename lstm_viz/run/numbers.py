"""What a caller gives, as an array of real numbers, or a sentence that says how to give it."""

from __future__ import annotations

import numpy as np

from lstm_viz.language import _


def numbers(what: str, given: object, unequal: str = "", or_tensor: bool = False) -> np.ndarray:
    """``given`` as an array, not copied where it is one.

    Raises ValueError for what are no real numbers: a tensor that carries a graph or lies on another
    device, rows of unequal lengths (``unequal`` says what to do then), text, objects.
    """
    try:
        array = np.asarray(given)
        if array.dtype.kind in "fiub":
            return array
    except (TypeError, ValueError, RuntimeError):  # the last one is torch's, of a graph
        pass
    said = (
        _("{what} is no tensor or array of real numbers")
        if or_tensor
        else _("{what} is no array of real numbers")
    ).format(what=what)
    if _any_tensor(given, "requires_grad"):
        raise ValueError(
            _(
                "{said}: it carries a graph (requires_grad), and no gradient goes through a "
                "recording. Write {what}.detach().cpu()."
            ).format(said=said, what=what)
        )
    if _any_tensor(given, "is_cuda"):
        raise ValueError(
            _("{said}: it is not in this computer's own memory. Write {what}.cpu().").format(
                said=said, what=what
            )
        )
    lengths = _unequal(given)
    if lengths:
        listed = _(", ").join([*map(str, lengths[:8]), *["…"] * (len(lengths) > 8)])
        problem = _("{said}: its rows have unequal lengths ({listed}). {instead}")
        raise ValueError(problem.format(said=said, listed=listed, instead=unequal).rstrip())
    raise ValueError(_("{said}.").format(said=said))


def _any_tensor(given: object, has: str) -> bool:
    """Whether it is a tensor of this kind, or a list with such a one in it."""
    if isinstance(given, list | tuple):
        return any(_any_tensor(one, has) for one in given)
    return bool(getattr(given, has, False))


def _unequal(given: object) -> list[int]:
    """The lengths of a list's rows where they differ, at the first level at which they do."""
    if not isinstance(given, list | tuple) or not all(hasattr(row, "__len__") for row in given):
        return []
    try:
        lengths = [len(row) for row in given]
    except TypeError:  # a tensor of a single number
        return []
    if len(set(lengths)) > 1:
        return lengths
    return next((found for row in given if (found := _unequal(row))), [])

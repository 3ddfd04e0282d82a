"""What the page about gradients shows, computed once for everyone who asks the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.titles import cell_of
from lstm_viz.gradients.connectivity import connectivity
from lstm_viz.gradients.decay import Bounds, Curve, Loss, Split, Start, bounds, curve, cuts, split
from lstm_viz.networks.network import load
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import Sequence
from lstm_viz.ui.gradients.controls import Source
from lstm_viz.ui.gradients.runs import Kept
from lstm_viz.words.discoveries import DISCOVERIES, Comparison, found_in

KEYS: dict[str | type, Callable[[Kept], object]] = {Kept: lambda kept: kept.key}


@st.cache_resource(max_entries=300, show_spinner=False, hash_funcs=KEYS)
def measured(cell: str, source: Source, quantity: str, cut: tuple[str, ...] = ()) -> Curve:
    """One curve; ``cut`` are names of paths."""
    trace, loss = _read(cell, source)
    names = cuts(cell_of(cell))
    largest = not isinstance(source, Start) and quantity.startswith("loss")
    return curve(trace, quantity, loss, [name for path in cut for name in names[path]], largest)


@st.cache_resource(max_entries=60, show_spinner=False, hash_funcs=KEYS)
def divided(cell: str, source: Source) -> Split:
    """How one cell's gradient divides among its paths."""
    return split(_read(cell, source)[0])


@st.cache_resource(max_entries=60, show_spinner=False)
def classical(start: Start) -> Bounds | None:
    """What the plain RNN's matrix says."""
    return bounds(start.trace(CELLS["rnn"]))


@st.cache_resource(max_entries=60, show_spinner=False)
def connected(task: str, cell: str, sequence: Sequence) -> np.ndarray:
    """In row t what the answer after step t depends on."""
    return connectivity(load(task, cell), sequence)


def _read(cell: str, source: Source) -> tuple[Trace, Loss | None]:
    if isinstance(source, Start):
        return source.trace(cell_of(cell)), None
    return source.trace(cell)


def discoveries(seen: Comparison) -> tuple[dict[str, str], list[str], list[str]]:
    """What these curves show, by key; what this visitor found before; what is still to be found."""
    now = found_in(seen)
    before = st.session_state.setdefault("findings", [])
    before += [key for key in now if key not in before]
    earlier = [discovery.key for discovery in DISCOVERIES if discovery.key in before]
    return (
        now,
        [key for key in earlier if key not in now],
        [discovery.key for discovery in DISCOVERIES if discovery.key not in before],
    )

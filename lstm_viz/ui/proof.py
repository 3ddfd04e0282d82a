"""The badge that says how far NumPy and PyTorch are apart on what is on the screen."""

from __future__ import annotations

import streamlit as st

from lstm_viz.language import _
from lstm_viz.networks.torch.proof import Verdict, poll, submit
from lstm_viz.ui import without_torch
from lstm_viz.ui.cached_reading import Reading

LOOK_AGAIN = 0.5  # seconds
AGREED = 1e-9  # float64 has 16 digits; a different formula would differ in the first ones


def proof(reading: Reading) -> None:
    """The verdict of torch, which computes in a process of its own; until then, that it does."""
    show_verdict(submit(reading.network, reading.sequence, reading.recording))


def show_verdict(handle: str) -> None:
    """A badge with the verdict on what was handed over under this handle."""
    waiting = poll(handle) is None

    @st.fragment(run_every=LOOK_AGAIN if waiting else None)
    def badge() -> None:
        verdict = poll(handle)
        with st.container(horizontal=True, horizontal_alignment="right"):
            _show(verdict)
        if waiting and verdict is not None:
            st.rerun()  # of the page: only that ends the looking

    badge()


def _show(verdict: Verdict | None) -> None:
    if verdict is None:
        st.badge(_("PyTorch is checking …"), color="gray")
    elif verdict.difference is None:
        why = without_torch.checks_not() if without_torch.is_missing() else _(verdict.problem)
        st.badge(_("not checked by PyTorch"), color="gray", help=why)
    else:
        agreed = verdict.difference <= AGREED
        st.badge(
            _("|NumPy − torch| = {difference:.0e}").format(difference=verdict.difference),
            icon=":material/check:" if agreed else ":material/error:",
            color="green" if agreed else "red",
            help=_(
                "The largest difference among {numbers} numbers on this screen, "
                "computed again by {judges}."
            ).format(numbers=verdict.numbers, judges=_(" and ").join(map(_, verdict.judges))),
        )

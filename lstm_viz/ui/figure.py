"""How a page shows a figure: in the colours of its theme, with the caption as its words."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

import streamlit as st

from lstm_viz.figures.look import Figure
from lstm_viz.language import spoken

CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    "responsive": True,
}
KEPT = 128  # figures, each some 50 KB


def is_dark_page() -> bool:
    """Whether the visitor has the dark theme: what a figure is asked for."""
    return st.context.theme.type == "dark"


def show_figure(figure: Figure, caption: str, key: str) -> None:
    """The figure with its caption below, which is also what a screen reader says of it."""
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"figure {key}", alt=caption)
    st.caption(caption)


def drawn(draw: Callable[..., Figure], *of: Hashable) -> Figure:
    """What ``draw`` makes of these, in the page's theme and language; nobody may change it.

    Made once for everyone who looks at the same: to put a figure together takes as long as all else
    that a page does when it is run again. What is large, a curve or a walk back, is the same only
    if it is the very object; so it has to be one that is kept for everyone, too.
    """
    return _drawn(draw, of, is_dark_page(), spoken())


@lru_cache(KEPT)
def _drawn(
    draw: Callable[..., Figure], of: tuple[Hashable, ...], dark: bool, language: str
) -> Figure:
    del language  # the words in the figure depend on it
    return draw(*of, dark=dark)

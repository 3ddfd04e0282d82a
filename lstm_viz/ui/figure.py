"""How a page shows a figure: in the colours of its theme, with the caption as its words."""

from __future__ import annotations

import streamlit as st

from lstm_viz.figures.look import Figure

CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    "responsive": True,
}


def is_dark_page() -> bool:
    """Whether the visitor has the dark theme: what a figure is asked for."""
    return st.context.theme.type == "dark"


def show_figure(figure: Figure, caption: str, key: str) -> None:
    """The figure with its caption below, which is also what a screen reader says of it."""
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"figure {key}", alt=caption)
    st.caption(caption)

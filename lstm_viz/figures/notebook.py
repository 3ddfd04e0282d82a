"""A figure that a notebook shows in every form: while it runs, saved, exported, without a network.

Plotly gives a notebook the figure as data alone, which JupyterLab draws with an extension; an
exported page has none, and stays blank. So the figure is given as HTML as well. Plotly's library,
four megabytes, is in the HTML of the first figure of a session, and serves those after it.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go


class NotebookFigure(go.Figure):
    """A Plotly figure as any other, with HTML for where nothing else can draw it."""

    def _ipython_display_(self) -> None:
        raise NotImplementedError  # IPython then asks for the bundle

    def _repr_mimebundle_(self, *arguments: Any, **settings: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(*arguments, **settings) or {})
        if "text/html" not in bundle:
            bundle["text/html"] = self.to_html(full_html=False, include_plotlyjs=_is_first())
        return bundle


_FIRST = [True]


def _is_first() -> bool:
    """Whether no figure has been shown in this process."""
    found, _FIRST[0] = _FIRST[0], False
    return found

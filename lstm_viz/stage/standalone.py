"""The stage as a page that needs nothing but itself: it opens from a file, without a server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from lstm_viz import counted
from lstm_viz.language import _, spoken
from lstm_viz.run.trace import Trace
from lstm_viz.stage import bundle
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.theme import streamlits_theme
from lstm_viz.stage.tokens import Token, shown
from lstm_viz.words.captions import look_at

MAX_NUMBERS = 40_000  # of one signal: with more, the page no longer answers at once


def stage_html(
    trace: Trace, tokens: Sequence[str] = (), sequence: int = 0, title: str = ""
) -> Page:
    """``lv.stage_html``: a page that works without a server: every gate of one sequence, to step.

    It is text, to be written into a file; in a notebook it shows itself. ``tokens`` are what was
    read at each step, as it is to be shown, in the order of time; a trace that reads backward
    begins with the last of them.

    Raises ValueError when there are more steps than the page can hold, or other tokens than steps.
    """
    run = shown_run(trace, tokens, sequence)
    name = trace.cell.title or trace.cell.name
    return standalone(stage_payload(run), title or _(name) or _("A cell of one’s own"), spoken())


def shown_run(trace: Trace, tokens: Sequence[str] = (), sequence: int = 0) -> ShownRun:
    """One sequence of a trace, with what was read, as a page or a widget shows it.

    Raises ValueError when there are more steps than that can hold, or other tokens than steps.
    """
    trace, number = trace.piece(slice(None), sequence), sequence
    T, _B, H = trace["h"].shape
    if T * H > MAX_NUMBERS:
        most = max(1, MAX_NUMBERS // H)
        raise ValueError(
            _(
                "The stage holds {most} steps of {H} units; the trace has {T}. "
                "stage_html(trace.piece(slice(0, {most}), {number})) shows the first ones."
            ).format(most=most, H=H, T=T, number=number)
        )
    texts = [shown(token) for token in tokens] or [str(t) for t in range(1, T + 1)]
    if len(texts) != T:
        raise ValueError(
            _("There are {tokens} for {steps}.").format(
                tokens=counted.tokens(len(texts)), steps=counted.steps(T)
            )
        )
    if trace.is_backward:
        texts.reverse()
    caption = look_at(trace, texts)
    return ShownRun(trace, [Token(text) for text in texts], caption)


def standalone(payload: StagePayload, title: str, language: str = "en") -> Page:
    """A page that shows the payload, with nothing outside itself: it opens from a file."""
    # "</script>" would end the element, and "<!--<script>" would make its end be overlooked.
    data = json.dumps(payload, allow_nan=False).replace("<", "\\u003c")
    return Page(f"""<!doctype html>
<html lang="{escape(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="lstm-viz">
<title>{escape(title)}</title>
<body>
<template data-lstm-viz="{payload["id"]}">
<style>
{streamlits_theme()}{bundle.styles("standalone", *bundle.STAGE_STYLES)}
</style>
<h1>{escape(title)}</h1>
<p>{escape(payload["caption"])}</p>
{bundle.MARKUP}
<script type="application/json" id="payload">{data}</script>
<script type="module">
{bundle.script()}
const payload = JSON.parse(document.getElementById("payload").textContent);
const show = () => mount({{ data: [payload], parentElement: document.body, offline: true }});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
show();
{_AS_HIGH_AS_IT_IS}</script>
</template>
<script>
{_SHOWN}</script>
</body>
</html>
""")


class Page(str):
    """The text of an HTML page, to be written into a file; a notebook shows it by itself."""

    def _repr_html_(self) -> str:
        return f'<iframe allowfullscreen style="{_STYLE}" srcdoc="{escape(self)}"></iframe>'

    def __repr__(self) -> str:
        return f"Page of {len(self):,} characters; Path(...).write_text(page) keeps it"


_STYLE = "display: block; width: 100%; height: 40em; border: 0"

# In a notebook the frame has the height of what is in it; elsewhere there is none.
_AS_HIGH_AS_IT_IS = """const frame = window.frameElement;
const { body } = document;
const fit = () => (frame.style.height = `${Math.ceil(body.getBoundingClientRect().height)}px`);
if (frame?.hasAttribute("srcdoc")) new ResizeObserver(fit).observe(body);
"""

# The content waits in a template. In a document of its own it takes its place there. Where the page
# was put among others, as HTML(page) does in a notebook, it gets a frame: no style and no name of
# it can meet those around it.
_SHOWN = f"""for (const template of document.querySelectorAll("template[data-lstm-viz]")) {{
  const isOwn = document.querySelector("meta[name=lstm-viz]").parentElement === document.head;
  const frame = document.createElement("iframe");
  frame.setAttribute("style", "{_STYLE}");
  frame.allowFullscreen = true;
  frame.srcdoc = `<!doctype html><meta charset="utf-8"><body>${{template.innerHTML}}`;
  template.replaceWith(isOwn ? template.content : frame);
}}
"""

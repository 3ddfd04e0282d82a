"""The network writes on: where from, how many steps, how boldly; and what it wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz.cells import Cell
from lstm_viz.cells.symbols import plain
from lstm_viz.language import _
from lstm_viz.networks.held import Span
from lstm_viz.networks.network import Network
from lstm_viz.networks.write import Written, can_write, write
from lstm_viz.stage.output import Drawing
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import MAX_STEPS, Sequence, Task
from lstm_viz.ui import address, controls
from lstm_viz.ui.forecast import Ahead, ahead_choice, begin_at

AT_ONCE = 40  # steps that the button begins with
NOTHING = "nothing"  # is held
MOST = 100  # steps it may be asked for


@dataclass(frozen=True)
class Writing:
    """How a network is asked to write: after so many steps that it is given, so many of its own.

    ``ahead`` is what its forecast is compared with, where it writes numbers; ``hold`` is what is
    held from the first step on that it reads of its own.
    """

    given: int
    steps: int
    temperature: float
    top_k: int
    top_p: float
    seed: int
    ahead: Ahead | None = None
    hold: Span | None = None

    def by(self, network: Network, sequence: Sequence) -> Written:
        """What the network writes behind the first steps of the sequence."""
        return write(
            network,
            sequence[: self.given],
            self.steps,
            self.temperature,
            self.top_k or None,
            None if self.top_p == 1 else self.top_p,
            self.seed,
            self.held,
        )

    @property
    def held(self) -> tuple[Span, ...]:
        """What is held, as ``write`` takes it."""
        return () if self.hold is None else (self.hold,)

    @property
    def drawing(self) -> Drawing | None:
        """How each word is drawn; None where none is."""
        if self.ahead is not None:
            return None
        return Drawing(
            self.given,
            self.temperature,
            self.top_k or None,
            None if self.top_p == 1 else self.top_p,
        )


def writing_of(
    task: Task, cell: Cell, sequence: Sequence, switch: DeltaGenerator
) -> Writing | None:
    """What was asked for; None where the network only reads, or can do nothing else.

    ``switch`` is where the button stands that begins and ends it; ``cell`` is the one whose signals
    can be held meanwhile.
    """
    if not can_write(task):
        return None
    scope = f"{task.name} {hash(sequence)}"
    if task.symbols is None:
        return _forecast_of(task, sequence, switch, scope)
    room = min(MOST, MAX_STEPS - 1)
    asked, _news = address.value("write", "0")
    steps = min(int(asked), room) if asked.isdecimal() and len(asked) < 6 else 0
    if not steps:
        address.put("write", "0")
        switch.button(
            _("Write on from here"),
            width="stretch",
            help=_(
                "The network goes on from the step that is shown: what it says is drawn from its "
                "probabilities and read by it as the next word."
            ),
            key=f"{address.HERE}-write",
            on_click=_begin,
            args=(scope, len(sequence)),
        )
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        given = controls.whole(
            "from",
            _("After step"),
            1,
            min(len(sequence), MAX_STEPS - 1),
            len(sequence),
            scope=scope,
            width=130,
        )
        temperature = temperature_choice()
        top_k = controls.whole(
            "top_k",
            _("Top-k (0: all)"),
            0,
            len(task.symbols),
            width=130,
            help=_("Only so many of the likeliest are drawn from."),
        )
        top_p = controls.real(
            "top_p",
            _("Top-p (1: all)"),
            0.05,
            1.0,
            step=0.05,
            width=130,
            help=_("Only the fewest that have this probability together are drawn from."),
        )
        seed = controls.whole(
            "seed", _("Seed"), 0, 9999, width=130, help=_("The same seed writes the same.")
        )
        held = controls.choice(
            "held",
            _("Hold"),
            [NOTHING, *cell.signals],
            title=lambda name: _("nothing") if name == NOTHING else plain(name),
            scope=cell.text,
            width=130,
            help=_("A signal that all its units hold at one value while it writes."),
        )
        value = 0.0
        if held != NOTHING:
            value = controls.real("held_at", _("at"), -10.0, 10.0, step=0.1, width=120)
    switch.button(_("Only read"), on_click=address.put, args=("write", "0"), width="stretch")
    steps = min(steps, MAX_STEPS - given)
    hold = None if held == NOTHING else Span(held, given, given + steps - 1, value)
    return Writing(given, steps, temperature, top_k, top_p, seed, hold=hold)


def temperature_choice() -> float:
    """How evenly what a network says is drawn."""
    return controls.real(
        "temperature",
        _("Temperature"),
        0.0,
        5.0,
        step=0.1,
        width=130,
        help=_("Divides the logits. 0 always takes the likeliest."),
    )


def _forecast_of(
    task: Task, sequence: Sequence, switch: DeltaGenerator, scope: str
) -> Writing | None:
    """The same for numbers: nothing is drawn there, and what came can be compared."""
    asked, _news = address.value("forecast", "0")
    if asked != "1":
        address.put("forecast", "0")
        switch.button(
            _("Forecast from here"),
            width="stretch",
            help=_(
                "The network goes on from the step that is shown: what it expects is read by it as "
                "if it had been measured."
            ),
            key=f"{address.HERE}-forecast",
            on_click=_begin_forecast,
            args=(scope, len(sequence)),
        )
        return None
    ahead = ahead_choice(task, sequence)
    switch.button(_("Only read"), on_click=address.put, args=("forecast", "0"), width="stretch")
    return Writing(ahead.given, ahead.steps, 1.0, 0, 1.0, 0, ahead)


def _begin_forecast(scope: str, length: int) -> None:
    address.put("from", begin_at(address.here("t"), length), scope=scope)
    address.put("forecast", "1")


def _begin(scope: str, length: int) -> None:
    step = address.here("t")
    address.put("from", min(max(step or length, 1), length), scope=scope)
    address.put("write", str(AT_ONCE))


def said(written: Written, writing: Writing, network: Network, sequence: Sequence) -> str:
    """What it wrote, in a line; where something was held, what it would have written without."""
    text = _line(written)
    if writing.hold is None:
        return text
    free = replace(writing, hold=None).by(network, sequence)
    held = _("{signal} of all units is held at {value:g} while it writes.").format(
        signal=plain(writing.hold.signal), value=writing.hold.value
    )
    if free.written == written.written:
        return f"{held} {text} " + _("Without that it writes the same.")
    return f"{held} {text} " + _("Without that, from the same seed: {text}").format(
        text=_visible(free)
    )


def _line(written: Written) -> str:
    if written.before is None:
        return _("From step {step} on it reads its own forecasts.").format(
            step=len(written.start) + 1
        )
    return _("It wrote: {text}").format(text=_visible(written))


def _visible(written: Written) -> str:
    if any(character in written.text for character in "\n\t"):
        return "".join(map(shown, written.written))
    return written.text

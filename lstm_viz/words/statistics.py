"""What the statistics of a layer say, in sentences computed from them."""

from __future__ import annotations

import numpy as np

from lstm_viz.cells.symbols import plain, with_minus
from lstm_viz.counted import steps
from lstm_viz.language import _, ngettext
from lstm_viz.rounded import percent
from lstm_viz.run import statistics
from lstm_viz.run.trace import Trace

USUALLY = 0.9  # of the steps
MANY = 1_000_000  # steps; a number beyond says no more than that


def saturation_said(trace: Trace) -> str:
    """How much of the time each gate is nearly shut or open, and how many units stay so."""
    parts, always = [], []
    for gate in statistics.gates(trace):
        of = statistics.saturation(trace, gate)
        parts.append(
            _("{gate} is nearly shut {left} and nearly open {right} of the time").format(
                gate=plain(gate), left=percent(of.left.mean()), right=percent(of.right.mean())
            )
        )
        shut, open_ = int((of.left > USUALLY).sum()), int((of.right > USUALLY).sum())
        if shut or open_:
            always.append(
                _("{gate} open {open}, shut {shut}").format(gate=plain(gate), open=open_, shut=shut)
            )
    said = _("Over all units and steps {gates}.").format(gates=_("; ").join(parts))
    if not always:
        return (
            said
            + " "
            + _("No unit holds a gate so for more than {share} of the steps.").format(
                share=percent(USUALLY)
            )
        )
    return (
        said
        + " "
        + _("Units that are so for more than {share} of the steps: {gates}.").format(
            share=percent(USUALLY), gates=_("; ").join(always)
        )
    )


def distribution_said(trace: Trace) -> str:
    """How far the memory reaches, and how often it is beyond what h can show."""
    memory = trace.cell.memory or "h"
    values = trace[memory]
    said = _("{signal} lies between {low} and {high}").format(
        signal=plain(memory), low=_signed(np.nanmin(values)), high=_signed(np.nanmax(values))
    )
    if memory == "h":
        share = float((np.abs(values) > statistics.RIGHT).mean())
        return said + _("; {share} of its values are beyond ±{end}.").format(
            share=percent(share), end=statistics.RIGHT
        )
    share = float((np.abs(values) > 1).mean())
    return said + _("; {share} of its values are beyond ±1, where h cannot follow.").format(
        share=percent(share)
    )


def half_life_said(trace: Trace) -> str:
    """The half-lives of the units, and how many outlast the sequence."""
    lives = statistics.half_lives(trace)
    T = len(trace.x)
    longest = int(lives.argmax())
    said = _(
        "In the middle unit half of the memory is left after {median}, in unit {unit} after {most}."
    ).format(
        median=steps(_steps(float(np.median(lives)))), unit=longest, most=_steps(lives[longest])
    )
    longer = int((lives > T).sum())
    beyond = ngettext(
        "{number} of {all} units keeps half of it for longer than the {steps} read.",
        "{number} of {all} units keep half of it for longer than the {steps} read.",
        longer,
    ).format(number=longer, all=len(lives), steps=steps(T))
    source = _("From the mean of log {kept}: the direct path alone.").format(kept=trace.cell.kept)
    return f"{said} {beyond} {source}"


def slowness_said(trace: Trace) -> str:
    """In how many units the memory stays like itself for longer than h does."""
    memory = trace.cell.memory or "h"
    times = [statistics.correlation_time(trace, signal) for signal in (memory, "h")]
    known = ~np.isnan(times[0]) & ~np.isnan(times[1])
    if not known.any():
        return _("No unit moves here, so there is nothing to compare.")
    slow, fast = (of[known] for of in times)
    return _(
        "{memory} stays like itself for longer than {shown} in {slower} of {all} units. In the "
        "middle unit its autocorrelation takes {slow} to fall to 1/e, that of {shown} {fast}."
    ).format(
        memory=plain(memory),
        shown=plain("h"),
        slower=int((slow > fast).sum()),
        all=int(known.sum()),
        slow=steps(_steps(float(np.median(slow)))),
        fast=_steps(float(np.median(fast))),
    )


def _signed(value: float) -> str:
    return with_minus(f"{value:.2f}")


def _steps(number: float) -> str:
    if number > MANY:
        return _("more than {many}").format(many=f"{MANY:,}")
    digits = 2 if number < 0.1 else 1 if number < 10 else 0
    return f"{number:,.{digits}f}"

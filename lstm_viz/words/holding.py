"""Which unit holds what the task asks to be remembered, and what happens when it is held.

Both measures by which it was chosen (networks/holding.py) stand in the sentence. Where a task asks
nothing to be remembered, or this sequence says nothing of it, the trace alone is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence as Listed
from dataclasses import dataclass

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.holding import holdings, kept_answers
from lstm_viz.networks.network import Network
from lstm_viz.rounded import percent
from lstm_viz.run.recording import Recording
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import Sequence
from lstm_viz.tasks.facts import Change, Holding, both_measures
from lstm_viz.words.captions import Caption, look_at, signed
from lstm_viz.words.quoted import quoted


def look_at_network(
    network: Network,
    recording: Recording,
    sequence: Sequence,
    tokens: Listed[str],
    layer: int = 0,
) -> Caption:
    """What to look at in one layer of a network that read one sequence.

    ``tokens`` are its elements as they are shown.
    """
    held = clearest(network, sequence) if layer == recording.layers - 1 else None
    trace = recording[layer]
    if held is None:
        return look_at(trace, tokens)
    if held.fact.counts:
        return _counted(trace, held, sequence, tokens)
    change = telling_change(network, sequence, held)
    said = _measured(network, held)
    if change is None:
        return _unchanged(trace, held, sequence, said)
    wrong = first_wrong(network, sequence, change, held.unit) if held.is_held else None
    if wrong is not None and trace.cell.kept is not None:
        texts = dict(zip(sequence, tokens, strict=True))
        said += " " + _(
            "At {place} {gate} = {kept:.2f}; kept there, “{now}” ({share}) comes, not “{was}”."
        ).format(
            place=quoted(tokens, change.last),
            gate=trace.cell.kept,
            kept=_kept(trace, change, held.unit),
            now=texts.get(wrong.now, wrong.now),
            share=percent(wrong.p, 1),
            was=texts.get(wrong.was, wrong.was),
        )
    else:
        said += " " + _change_said(trace, change, held.unit, tokens)
    return Caption(said, change.last, held.unit)


def _kept(trace: Trace, change: Change, unit: int) -> float:
    """How much of its memory the unit keeps over the steps of the change."""
    kept = trace.value(trace.cell.kept or "")[change.first : change.last + 1, 0, unit]
    return float(kept.prod())


def _named(network: Network, held: Holding) -> dict[str, str]:
    """What is held: the question of the task has said it, where it asks for one thing only."""
    alone = len(network.task.facts) == 1
    return {"what": _("it") if alone else _(held.fact.what)}


def clearest(network: Network, sequence: Sequence) -> Holding | None:
    """The holding to speak of: of a fact that changes in the sequence if there is one, of those the
    one that a unit holds and tells best. None where the sequence says nothing of any fact."""
    told = [one for one in holdings(network) if not np.isnan(one.fact.of(sequence)).all()]
    return max(
        told,
        key=lambda one: (bool(one.fact.changes(sequence)), one.is_held, one.tells),
        default=None,
    )


def telling_change(network: Network, sequence: Sequence, held: Holding) -> Change | None:
    """Where in the sequence the fact changes; of several, the first after which an answer depends
    on the unit. None where it does not change."""
    changes = held.fact.changes(sequence)
    for change in changes if held.is_held else ():
        if first_wrong(network, sequence, change, held.unit) is not None:
            return change
    return changes[0] if changes else None


def _measured(network: Network, held: Holding) -> str:
    """Which unit holds it, and by which measures, or that none does."""
    pattern = (
        _(
            "Unit {unit} holds {what}: it tells it with a balanced accuracy of {tells}; kept as it "
            "was, it turned {turned} of {cases} answers wrong."
        )
        if held.is_held
        else _(
            "No unit alone holds {what}: unit {unit} tells it best, with a balanced accuracy of "
            "{tells}; kept as it was, it turned {turned} of {cases} answers wrong."
        )
    )
    return pattern.format(**both_measures(held) | _named(network, held))


def _unchanged(trace: Trace, held: Holding, sequence: Sequence, said: str) -> Caption:
    """What the unit does while the fact stays the same; where it moves most is worth a look."""
    memory = trace.cell.memory or "h"
    first = int(np.flatnonzero(~np.isnan(held.fact.of(sequence)))[0])
    values = trace[memory][first:, 0, held.unit]
    said += " " + _("That never changes here: its {memory} lies between {low} and {high}.").format(
        memory=memory, low=signed(values.min()), high=signed(values.max())
    )
    moved = np.abs(np.diff(values))
    return Caption(said, first + 1 + int(moved.argmax()) if moved.size else first, held.unit)


@dataclass(frozen=True)
class Wrong:
    """An answer that turned wrong: after which step, what was said, what is now, and how surely."""

    step: int
    was: str
    now: str
    p: float


def first_wrong(network: Network, sequence: Sequence, change: Change, unit: int) -> Wrong | None:
    """The first right answer that turns wrong when the unit is kept; None where none does."""
    before, after = kept_answers(network, sequence, change, unit)
    known, told = (network.task.right(sequence, answers) for answers in (before, after))
    names = network.task.choices or ()
    for t in range(change.last, change.end):
        if known[t] and told[t] is False:
            was, now = int(before[t].argmax()), int(after[t].argmax())
            return Wrong(t, names[was], names[now], float(after[t, now]))
    return None


def _counted(trace: Trace, holding: Holding, sequence: Sequence, tokens: Listed[str]) -> Caption:
    counts, memory = holding.fact.of(sequence), trace.cell.memory or "h"
    t = int(np.nanargmax(counts))
    start = int(np.flatnonzero(counts[: t + 1] > 0)[0])
    values = trace[memory][:, 0, holding.unit]
    pattern = (
        _(
            "Unit {unit} counts: its {memory} goes with the number (correlation {tells}); kept as "
            "it was for a step, it turned {turned} of {cases} answers wrong."
        )
        if holding.is_held
        else _(
            "No unit alone counts: the {memory} of unit {unit} goes with the number best "
            "(correlation {tells}); kept as it was for a step, it turned {turned} of {cases} "
            "answers wrong."
        )
    )
    said = pattern.format(memory=memory, **both_measures(holding))
    said += " " + _("Here it is {first} at {low:.0f} and {last} at {high:.0f}.").format(
        first=signed(values[start]), low=counts[start], last=signed(values[t]), high=counts[t]
    )
    return Caption(said, t, holding.unit)


def _change_said(trace: Trace, change: Change, unit: int, tokens: Listed[str]) -> str:
    memory, t = trace.cell.memory or "h", change.last
    values = trace[memory][:, 0, unit]
    parts = {
        "place": quoted(tokens, t),
        "memory": memory,
        "before": signed(values[change.first - 1]),
        "after": signed(values[t]),
    }
    if trace.cell.kept is None:
        return _("At {place} its {memory} goes from {before} to {after}.").format(**parts)
    parts |= {"kept": f"{_kept(trace, change, unit):.2f}", "gate": str(trace.cell.kept)}
    return _("At {place} {gate} = {kept}: {memory} goes from {before} to {after}.").format(**parts)

"""The run on the screen, worked out from what the address of its page says.

A lesson asks for numbers of what is being looked at, whatever that is by now: another sentence,
another cell, a held gate. So nothing is remembered here; a page and the names in its address are
enough to read the same sequence with the same network again, which takes some milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.draft import draft
from lstm_viz.gradients.decay import SCHEMES, Curve, Start, curve
from lstm_viz.language import _
from lstm_viz.networks.held import read_held, read_spans
from lstm_viz.networks.network import Network, load, shipped
from lstm_viz.run.recording import Recording
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import Sequence
from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.finished import finished, finished_runs
from lstm_viz.words.captions import Caption
from lstm_viz.words.example import example
from lstm_viz.words.holding import look_at_network

READING = ("stage", "what_if", "backprop")  # pages on which a shipped network reads a sequence
HELD_BY_HAND = {"f": "f", "i": "i", "c": "c_tilde", "o": "o"}  # the sliders of the valves
VALVES = {"f": 0.9, "i": 0.5, "c": 0.8, "o": 1.0}  # where they stand when nothing is said


class NothingToAsk(ValueError):
    """What is on the screen has no such number; a sentence that says why."""


@dataclass(frozen=True)
class Screen:
    """A page and what its address says, by name; what is not said is the page's default.

    ``instead`` is read in place of the sequence that the address names.
    """

    page: str
    names: Mapping[str, str]
    instead: Sequence | None = None

    @cached_property
    def network(self) -> Network:
        task, cell = self.names.get("task", shipped()[0][0]), self.names.get("cell", "lstm")
        if self.page not in READING or (task, cell) not in shipped():
            raise NothingToAsk(_("No trained network reads here; open the scene again."))
        return load(task, cell)

    @cached_property
    def sequence(self) -> Sequence:
        if self.instead is not None:
            return self.instead
        task = self.network.task
        examples = [task.examples[title] for title in task.examples]
        choice = self.names.get("sequence", "1")
        if choice == "own" and "text" in self.names:
            try:
                return task.parse(self.names["text"])
            except ValueError:
                return examples[0]
        place = int(choice) - 1 if choice.isdecimal() and len(choice) < 4 else 0
        return examples[place if place < len(examples) else 0]

    @cached_property
    def recording(self) -> Recording:
        """The network reading, with what is held."""
        network, steps = self.network, len(self.sequence)
        cells = [cell for cell, _weights in network.layers.values()]
        if self.page != "what_if":
            return self.untouched
        if "hold" in self.names:
            spans = read_spans(self.names["hold"], cells, steps, network.hidden)
        else:  # the page opens with what changes an answer
            found = example(network, self.sequence, network.depth - 1)
            spans = found.spans if found else ()
        if not spans:
            return self.untouched
        return read_held(network, network.inputs(self.sequence), spans)

    @cached_property
    def untouched(self) -> Recording:
        return self.network.read(self.sequence)

    @property
    def trace(self) -> Trace:
        return self.recording[self.recording.layers - 1]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tuple(shown(element) for element in self.sequence)

    @cached_property
    def caption(self) -> Caption:
        """Where the page itself says to look: the step and the unit."""
        return look_at_network(self.network, self.untouched, self.sequence, self.tokens)

    @property
    def unit(self) -> int:
        return self.caption.unit

    @property
    def answers(self) -> np.ndarray:
        """What is expected after each step, (T, O)."""
        return self.network.predictions(self.recording)[:, 0]

    def curve(self, cell: str) -> Curve:
        """How the memory's gradient of an untrained cell fades, as the page would draw it."""
        if self.page != "gradients" or cell not in CELLS:
            raise NothingToAsk(_("No gradient is measured here; open the scene again."))
        names, default = self.names, Start()
        bias, scheme = names.get("bias", "as drawn"), names.get("start", default.scheme)
        drawn = bias == "as drawn" or scheme == "chrono"
        start = Start(
            scheme if scheme in SCHEMES else default.scheme,
            None if drawn else float(bias),
            float(names.get("scale", default.scale)),
            int(names.get("steps", default.steps)),
            int(names.get("units", default.hidden)),
        )
        return curve(start.trace(CELLS[cell]), "memory")

    @cached_property
    def typed(self) -> Cell:
        """The cell in the editor; while its text cannot be read, the one that it began with."""
        if self.page != "own_cell":
            raise NothingToAsk(_("No cell is typed here; open the scene again."))
        begin = CELLS.get(self.names.get("from", "lstm"), CELLS["lstm"])
        return draft(self.names.get("equations", "") or begin.text).cell or begin

    def reached(self, cell: str, start: str) -> float:
        """The score of a finished run that ships, at its end."""
        if self.page != "train":
            raise NothingToAsk(_("No training is shown here; open the scene again."))
        task = self.names.get("task", EXPERIMENTS[0].task)
        for one in map(finished().get, finished_runs(task)):
            if (
                one
                and one.record
                and (one.settings["cell"], one.settings["start"]) == (cell, start)
            ):
                return float(one.record.metric[-1])
        raise NothingToAsk(_("No finished training of this cell and start comes with the app."))

    def by_hand(self, steps: int, memory: float = 0.0) -> Trace:
        """One unit whose gates are held as the sliders stand, from this memory on."""
        if self.page != "valves":
            raise NothingToAsk(_("No valves are set here; open the scene again."))
        cell = CELLS["lstm"]
        hold = {
            signal: np.array(float(self.names.get(name, VALVES[name])))
            for name, signal in HELD_BY_HAND.items()
        }
        zeros = {name: np.zeros(shape) for name, shape in cell.weight_shapes(1, 1).items()}
        return run(cell, zeros, np.zeros((steps, 1, 1)), {"c": np.array([memory])}, hold)

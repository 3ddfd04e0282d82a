"""How long a run will take, measured on its first steps, and whether it keeps to that.

What is said on the page before a run begins is worked out from counts (``estimate.py``), for
a machine and equations that nobody has seen. So the first steps are measured, before the run is
accepted in full: what would take much longer than any run may is refused after a second, and what
later takes much longer than its own first steps is stopped, with its checkpoint. Counted is the
processor's time and not the clock's: other runs on the same machine, a laptop that sleeps and a
clock that is set change nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from lstm_viz.jobs import EndedError
from lstm_viz.language import N_

MEASURED = 6  # steps; the quickest of them counts, since the first ones prepare what later ones use
SLACK = 1.5  # of what a run may take: so much more is still let pass
AT_FIRST = 10.0  # and so much after a single step
HELD = 2.0  # a run may take so often what was measured
GRACE = 30.0  # and so many seconds more

TOO_LONG = N_(
    "It would take about {minutes:.0f} minutes, as its first steps show; at most {most:.0f} are "
    "given to a run. Take fewer steps, units or sequences."
)
LONGER = N_(
    "It took {seconds:.0f} s of computing, far more than its first steps had shown; Resume gives "
    "it as much again"
)


class Promise:
    """Of the steps that are left: ``after_step`` raises EndedError where they take too long.

    ``most`` is how many seconds a run may take, ``looks`` how often it is examined on the way.
    """

    def __init__(
        self, steps: int, looks: int, most: float, clock: Callable[[], float] = time.process_time
    ):
        self.steps, self.looks, self.most, self.clock = steps, looks, most, clock
        self.began = clock()
        self.quickest, self.look, self.measured = float("inf"), 0.0, 0

    @property
    def seconds(self) -> float:
        """What the run will take, as far as was measured."""
        return self.quickest * self.steps + self.look * self.looks

    def after_look(self, seconds: float) -> None:
        """It was examined, which took so long."""
        self.look = min(self.look, seconds) if self.look else seconds

    def after_step(self, seconds: float) -> None:
        """A step was done, which took so long."""
        self.measured += 1
        if self.measured <= MEASURED:
            self.quickest = min(self.quickest, seconds)
            slack = AT_FIRST if self.measured == 1 else SLACK
            if self.seconds > slack * self.most:
                minutes = {"minutes": self.seconds / 60, "most": self.most / 60}
                raise EndedError("failed", TOO_LONG, **minutes)
        taken = self.clock() - self.began
        if taken > HELD * self.seconds + GRACE:
            raise EndedError("stopped", LONGER, seconds=taken)

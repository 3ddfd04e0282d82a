"""The front door: a small stage that already moves, and three ways on."""

from __future__ import annotations

from lstm_viz.language import _, spoken
from lstm_viz.lessons.shipped import COURSE
from lstm_viz.stage.payload_types import Door, StagePayload
from lstm_viz.tasks import TASKS
from lstm_viz.ui.cached_reading import read
from lstm_viz.ui.lessons import link_to

# By the language that is spoken: the sentence that one can read.
FIRST_SENTENCE = {"zh_CN": "subject_zh"}


def glimpse_payload() -> StagePayload:
    """The LSTM reading its first sentence; what moves there is not in the address."""
    task = TASKS[FIRST_SENTENCE.get(spoken(), "subject")]
    reading = read(task, "lstm", next(iter(task.examples.values())))
    return {**reading.payload, "address": {}}


def doors() -> tuple[Door, ...]:
    """The first lesson, the stage, and one's own model."""
    task = FIRST_SENTENCE.get(spoken())
    return (
        {
            "title": _("First lesson (10 minutes)"),
            "said": _("Turn the gates by hand and see what becomes of the memory."),
            "seen": link_to(COURSE[0]),
        },
        {
            "title": _("Explore"),
            "said": _("The whole stage: step through every number of a trained network."),
            "seen": f"stage?task={task}" if task else "stage",
        },
        {
            "title": _("My own model"),
            "said": _("Open a model that you trained and look at its gates."),
            "seen": "model",
        },
    )

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


def accessibility() -> str:
    """For whom the pages are made, how that is checked, and what is not so yet."""
    kept = (
        _(
            "All text stands out from what lies behind it by 4.5 to 1 and is at least 12 pixels "
            "high; on a phone all that is pressed is at least 40 pixels wide and high. Tests "
            "measure this on every page, as a phone shows it in the dark theme and a desk in the "
            "light one."
        ),
        _(
            "Every drawing and strip says in words what it shows now, and a step is read out "
            "when it rests. Right and wrong, held and free, differ by more than colour."
        ),
        _(
            "All is done by keys, too: arrows, Home and End step, the space bar plays, the tab key "
            "goes through the parts of a drawing and Enter opens what one is. What is held by "
            "dragging on a strip is also held by a row and a list of steps."
        ),
        _("Whoever asks the system for less motion sees the same as steps."),
        _(
            "Not so yet: of a chart, keys reach no single point, only the sentence of what it "
            "shows, and a curve of a training says its name alone; what Streamlit itself says, as "
            "in its menu of three dots, is English."
        ),
    )
    return "\n".join(f"- {said}" for said in kept)


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

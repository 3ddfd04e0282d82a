"""What the stage says, in the language being spoken. `{braces}` are filled in by the browser."""

from __future__ import annotations

from lstm_viz.language import _
from lstm_viz.stage.payload_types import StageWords, TransportWords


def transport_words() -> TransportWords:
    """What the bar that moves the cursor says."""
    return {
        "step_label_long": _("Step of the sequence"),
        "step_of": _("t = {t} of {steps}"),
        "step_reads": _("Step {t}: “{token}”."),
        "transport": _("Move through time"),
        "play": _("Play (space)"),
        "pause": _("Pause (space)"),
        "first": _("To the first step (Home)"),
        "back": _("One step back (←)"),
        "forward": _("One step forward (→)"),
        "last": _("To the last step (End)"),
        "speed": _("Speed ([ and ])"),
        "steps_a_second": _("{speed} steps/s"),
        "phase_by_phase": _("phase by phase"),
        "phases": _("Phases of one step (shift ← →)"),
        "phase_names": {
            "forget": _("forget"),
            "propose": _("propose"),
            "write": _("write"),
            "show": _("show"),
        },
        "phase": _("Phase {number}: {name}"),
    }


def words_back_in_time() -> TransportWords:
    """The same where forward is one step earlier."""
    return {
        **transport_words(),
        "forward": _("One step further back in time (→)"),
        "back": _("One step later again (←)"),
    }


def stage_words(answer: str = "", learns: bool = False) -> StageWords:
    """Every sentence and label of the stage, by the name that the scripts know it by.

    ``answer`` is what the network's answers are called, where they are not what comes next.
    ``learns`` tells of the keys that move through a training as well.
    """
    named = f"{answer[:1].upper()}{answer[1:]}"
    return {
        **transport_words(),
        "comma": _(", "),
        "pace": _("How it is played"),
        "phase_by_phase_why": _("Play the phases of each step one after the other"),
        "whole_steps": _("whole steps"),
        "whole_steps_why": _("Play whole steps, as many a second as is chosen"),
        "sequence": _("The sequence that the network reads"),
        "reads": _("reads"),
        "expects": answer or _("expects next"),
        "reads_number": _("reads {value} {unit}"),
        "held": _("held by hand"),
        "reads_own_number": _("reads its own {value} {unit}"),
        "forecasts_number": _("expects {value} next"),
        "series": _("What was read, in {unit}, and what was expected of each step ({steps})"),
        "step_label": _("step"),
        "at_step": _("at t = {t}, “{token}”"),
        "expects_next": f"{named}: {{guesses}}." if named else _("Expects next: {guesses}."),
        "right": _("Right."),
        "drawn": _("“{token}” was drawn."),
        "written": _("written by the network itself"),
        "wrong": _("Wrong: “{target}” came."),
        "wrong_answer": _("Wrong."),
        "cell": _("The cell"),
        "layer": _("layer"),
        "operation": _("element-wise operation"),
        "copy": _("copy"),
        "concatenate": _("side by side"),
        "drawing": _("Drawing of the cell: {cell}. One strand for each number that flows."),
        "drawing_now": _("{drawing} At t = {t}, “{token}”, unit {unit}: {numbers}."),
        "equations": _("The equations, with the numbers of one unit"),
        "other_lines": _("{count} more lines"),
        "unit": _("unit"),
        "unit_of": _("Unit, one of {units}"),
        "sum": _("sum"),
        "curve": _("The curve of {function}, with a dot where this unit is"),
        "strips": _("Every unit at every step"),
        "strip": _("{name}: a row a unit ({units}), a column a step ({steps})"),
        "strip_now": _(
            "{strip}. Unit {unit}: {value} at t = {t}, the least {low} at {first}, "
            "the most {high} at {second}."
        ),
        "value_of_unit": _("unit {unit}: {value}"),
        "colour_key": _("Colours"),
        "closed": _("0 closed"),
        "open": _("1 open"),
        "negative": _("negative"),
        "positive": _("positive"),
        "width_is_strength": _("A strand’s width is the size of its value."),
        "framed_row": _("the chosen unit"),
        "framed_row_hint": _("; click a row to choose it"),
        "notes": _("What was asked of the drawing"),
        "close_note": _("Close this explanation"),
        "save": _("Save"),
        "drawing_alone": _("Save the drawing as SVG"),
        "film": _("Save a film of the next steps"),
        "moment": _("{cell}, unit {unit} at t = {t} of {steps}, “{token}”"),
        "source": _("Source: LSTM Viz, computed from the network’s own weights. {address}"),
        "own_scale": _("own scale"),
        "view": _("Order and scale of the strips"),
        "order_title": _("Order of the units"),
        "orders": {
            "number": _("by number"),
            "peak": _("by when they peak"),
            "similarity": _("similar ones together"),
        },
        "scale_title": _("Full colour is the end of the scale"),
        "scales": {
            "unit": _("of each unit"),
            "signal": _("of each signal"),
            "all": _("of all signals"),
        },
        "keys_title": _("Keys"),
        "space": _("space"),
        "keys": _keys() | (_learning_keys() if learns else {}),
        "picture": _("Save as a picture"),
        "full_screen": _("Full screen (f)"),
    }


def backward_words() -> StageWords:
    """The same where every number is a gradient, and the walk goes back in time."""
    return {
        **stage_words(),
        **words_back_in_time(),
        "step_of": _("t = {t} of {steps}, going back"),
        "width_is_strength": _("A strand’s width is the size of the gradient that flows back."),
        "equations": _("What each gradient is made of, with the numbers of one unit"),
        "other_lines": _("The other {count} δ: by gates, and inside their functions"),
        "strips": _("The gradient by every unit at every step"),
    }


def _keys() -> dict[str, str]:
    return {
        "forward": _("one step forward"),
        "back": _("one step back"),
        "subForward": _("one phase forward"),
        "subBack": _("one phase back"),
        "toggle": _("play or pause"),
        "first": _("first step"),
        "last": _("last step"),
        "slower": _("slower"),
        "faster": _("faster"),
        "fullScreen": _("full screen"),
    }


def _learning_keys() -> dict[str, str]:
    return {
        "learnForward": _("one moment of training on"),
        "learnBack": _("one moment of training back"),
        "learnToggle": _("watch it learn, or pause"),
    }

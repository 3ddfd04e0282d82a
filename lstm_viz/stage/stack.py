"""Layers of cells over time, as the browser shows them: the payload of `stack.js`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.dependence import blanked, depends
from lstm_viz.networks.network import Network
from lstm_viz.rounded import percent
from lstm_viz.run.layers import in_time, rounds
from lstm_viz.run.recording import Place, Recording
from lstm_viz.stage.encoded import encoded, fingerprint
from lstm_viz.stage.payload_types import StackAnswer, StackPayload, StackWords
from lstm_viz.stage.sentences import transport_words
from lstm_viz.tasks import Sequence as Words
from lstm_viz.tasks.someone import ANSWERS, asked


def stack_payload(
    network: Network, recording: Recording, read: Words, address: Mapping[str, str]
) -> StackPayload:
    """Every h (T, H) of every cell, when it can be computed, and what each answer depends on."""
    when = rounds(recording)
    top = [when[place] for place in when if place[0] == network.depth - 1]
    odds, strengths = network.predictions(recording)[:, 0], depends(network, read)
    without = _odds_without(network, read)
    right = network.task.right(read, odds)
    payload: StackPayload = {
        "id": "",  # follows from all the rest
        "tokens": [{"text": word} for word in read],
        "rows": [
            {
                "layer": layer,
                "way": way,
                "title": title((layer, way)),
                "when": when[layer, way],
                "reads": network.width(layer),
                "values": f"{layer} {way}",
            }
            for layer, way in when
        ],
        "values": {
            f"{layer} {way}": encoded(f"{layer} {way}", in_time((layer, way), trace.h)[:, 0])
            for (layer, way), trace in recording.traces.items()
        },
        "units": network.hidden,
        "steps": 1 + max(max(row) for row in top),
        "answered": [max(at) for at in zip(*top, strict=True)],
        "answers": [
            _answer(read, place, odds[place], right[place], strengths[place], without[place])
            for place in asked(read)
        ],
        "names": list(ANSWERS),
        "address": dict(address),
        "words": _words(),
    }
    return {**payload, "id": fingerprint(payload)}


def title(place: Place) -> str:
    """A row of cells, in words."""
    layer, way = place
    if way == "forward":
        return _("layer {number} →").format(number=layer + 1)
    return _("layer {number} ←").format(number=layer + 1)


def _odds_without(network: Network, read: Words) -> np.ndarray:
    """(T, T): the probability of the first answer at each step without each other step."""
    answers, _whole = blanked(network, read)
    odds: np.ndarray = 1 / (1 + np.exp(-np.clip(answers, -500, 500)))
    return odds


def _answer(
    read: Sequence[str],
    place: int,
    odds: np.ndarray,
    right: bool | None,
    strengths: np.ndarray,
    without: np.ndarray,
) -> StackAnswer:
    return {
        "at": place,
        "odds": [round(float(share), 4) for share in odds],
        "right": right,
        "depends": [round(float(share), 4) for share in strengths / max(strengths.max(), 1e-300)],
        "said": depends_said(read, place, strengths, odds, without),
    }


def depends_said(
    read: Sequence[str],
    place: int,
    strengths: np.ndarray,
    odds: np.ndarray,
    without: np.ndarray,
) -> str:
    """Which word an answer depends on most, and whether on anything that comes later.

    ``strengths`` (T,) is how much the answer changes without each word, ``odds`` what each answer
    has with all of them, ``without`` (T,) what the first one has without each.
    """
    most, best = int(strengths.argmax()), int(odds.argmax())
    left = float(without[most] if best == 0 else 1 - without[most])
    if not strengths[place + 1 :].any():
        said = _(
            "The answer at word {at}, “{asked}”, cannot depend on anything that comes later: "
            "blank any later word, and it stays as it is."
        )
    elif most > place:
        said = _(
            "The answer at word {at}, “{asked}”, depends most on what comes later: without "
            "“{word}”, word {most}, the chance of “{answer}” goes from {before} to {after}."
        )
    else:
        said = _(
            "The answer at word {at}, “{asked}”, depends most on “{word}”, word {most}, and on "
            "nothing later as much: without it the chance of “{answer}” goes from {before} to "
            "{after}."
        )
    return said.format(
        at=place + 1,
        asked=read[place],
        word=read[most],
        most=most + 1,
        answer=ANSWERS[best],
        before=percent(float(odds[best])),
        after=percent(left),
    )


def _words() -> StackWords:
    return {
        **transport_words(),
        "comma": _(", "),
        "step_label_long": _("Round of the computation"),
        "step_of": _("round {t} of {steps}"),
        "step_reads": _("Round {t}."),
        "transport": _("Move through the computation"),
        "first": _("To the first round (Home)"),
        "back": _("One round back (←)"),
        "forward": _("One round forward (→)"),
        "last": _("To the last round (End)"),
        "unrolled": _("unrolled"),
        "looped": _("looped"),
        "views": _("View"),
        "at_once": _("Computed at once in this round: {cells}."),
        "cell_at": _("{row} at “{word}”"),
        "answers_now": _("the answer at “{word}”"),
        "head": _("output layer"),
        "cell_said": _(
            "{row} at “{word}” (word {t}): reads {below} numbers from below and {units} from its "
            "neighbour, and makes {units}."
        ),
        "cell_first": _(
            "{row} at “{word}” (word {t}): reads {below} numbers from below, and nothing before "
            "it; makes {units}."
        ),
        "not_yet": _("{row} at “{word}” (word {t}) is computed in round {round}."),
        "picture": _("Cells over time: one column a word, one row a layer and direction."),
        "legend_width": _(
            "A line’s width is the size of the h that passes. The stronger the blue behind a word, "
            "the more the answer changes without it."
        ),
    }

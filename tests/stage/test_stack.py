"""Layers over time: the page opens where an answer hangs on a later word, and says so."""

import numpy as np
import pytest

from lstm_viz.networks.dependence import depends
from lstm_viz.networks.network import STACKED, load_stack
from lstm_viz.rounded import percent
from lstm_viz.run.layers import read_layers
from lstm_viz.stage.stack import stack_payload
from lstm_viz.tasks.someone import ANSWERS, TASK, asked
from lstm_viz.ui.parameters import rows_of

EXAMPLES = list(TASK.examples.values())
OPENS_ON = int(str(rows_of("layers")["sequence"].default))  # counted from 1


@pytest.fixture(params=STACKED)
def network(request):
    layers, both = (rows_of("layers")[name].default for name in ("layers", "both"))
    assert both
    return load_stack(TASK.name, request.param, layers, both)


def test_it_opens_on_an_answer_that_hangs_on_a_pronoun_that_comes_later(network):
    read = EXAMPLES[OPENS_ON - 1]
    payload = stack_payload(network, network.read(read), read, {})
    first = next(answer for answer in payload["answers"] if answer["right"] is not None)
    strengths = depends(network, read)[first["at"]]
    most = int(strengths.argmax())
    assert most > first["at"]
    assert read[most] in ANSWERS
    assert first["right"]
    assert f"without “{read[most]}”, word {most + 1}" in first["said"]


def test_no_other_example_shows_it_as_clearly():
    network = load_stack(TASK.name, "lstm", 1, True)

    def clearest(read):
        strengths = depends(network, read)
        return max(float(strengths[place, place + 1 :].max()) for place in asked(read))

    assert int(np.argmax([clearest(read) for read in EXAMPLES])) == OPENS_ON - 1


def test_the_chance_that_is_said_is_that_of_the_network_without_the_word(network):
    read = EXAMPLES[OPENS_ON - 1]
    said = stack_payload(network, network.read(read), read, {})["answers"][0]["said"]
    x = network.inputs(read)
    place, most = asked(read)[0], int(depends(network, read)[asked(read)[0]].argmax())
    x[most] = 0
    output = network.answered(*read_layers(network.layers, x)).output[place, 0]
    odds = np.exp(output - output.max())
    left = (odds / odds.sum())[ANSWERS.index(read[most])]
    assert left < 0.5
    assert said.endswith(f" to {percent(float(left))}.")

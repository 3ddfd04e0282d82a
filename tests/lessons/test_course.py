"""Every step of every lesson, walked: it opens, its answer is computed, and it can be done."""

import math
from dataclasses import replace
from itertools import product
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch

from lstm_viz import language
from lstm_viz.cells import CELLS
from lstm_viz.lessons.glossary import MOST, glossary, words_payload
from lstm_viz.lessons.lesson import LINK, Ask, Step, Text, read_lesson
from lstm_viz.lessons.measures import (
    Guess,
    Reply,
    addressed,
    condition,
    number,
    place,
    replies,
    scene_of,
)
from lstm_viz.lessons.panel import (
    check,
    conditions,
    hidden,
    lesson_payload,
    numbers_met,
    shown_address,
    step_link,
)
from lstm_viz.lessons.screen import READING, NothingToAsk, Screen
from lstm_viz.lessons.shipped import COURSE, source_of
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from lstm_viz.ui.lessons import names_of_pages, shipped_lesson
from lstm_viz.ui.navigation import PAGES
from lstm_viz.ui.parameters import rows_of

STEPS = [
    (spoken, key, k)
    for key in COURSE
    for spoken, k in product(("en", "zh_CN"), range(len(shipped_lesson(key).steps)))
]


@pytest.fixture(autouse=True)
def english_again():
    yield
    language.speak("en")


def is_done(step: Step, address: dict[str, str]) -> bool:
    """As the browser and Python together judge it, where the address is this."""
    screen = Screen(step.page, address)
    met = all(one.holds(address.get(one.name, "")) for one in conditions(step, screen))
    return met and numbers_met(step, screen)


def right_one(screen: Screen, ask: Ask | None, t: int = 0) -> Reply:
    """The reply that is right."""
    assert ask is not None
    found = replies(screen, ask, t)
    assert isinstance(found, tuple)
    (right,) = [reply for reply in found if reply.right]
    return right


@pytest.mark.parametrize(("spoken", "key", "k"), STEPS)
def test_a_step_opens_is_asked_and_can_be_done(spoken, key, k):
    language.speak(spoken)
    lesson = shipped_lesson(key)
    step = lesson.steps[k]
    scene = scene_of(step)
    assert scene.keys() <= rows_of(step.page).keys()
    sent = lesson_payload(lesson, k + 1, step.page, scene, {})
    assert sent["trouble"] == ""
    assert "–" not in str([sent["text"], sent["hint"], sent["question"]])
    if step.ask:
        screen = Screen(step.page, scene)
        t = place(screen, step.at) if step.page in READING else 0
        found = replies(screen, step.ask, t)
        if isinstance(found, Guess):
            assert found.low <= found.value <= found.high
            assert found.within < (found.high - found.low) / 5  # a blind guess seldom is
        else:
            assert sum(reply.right for reply in found) == 1
            assert len({reply.label for reply in found}) == len(found) >= 2
    if step.do:
        assert not is_done(step, scene)
        shown = shown_address(step, Screen(step.page, scene))
        assert is_done(step, shown)
        after = lesson_payload(lesson, k + 1, step.page, shown, {})
        assert after["met"]
        assert "–" not in str(after["reply"])


@pytest.mark.parametrize("key", COURSE)
def test_every_text_is_there_in_both_languages_and_its_words_in_the_glossary(key):
    lesson = shipped_lesson(key)
    texts: list[Text | None] = [lesson.title, lesson.goal]
    for step in lesson.steps:
        texts += [step.text, step.hint, step.reply, *([step.ask.question] if step.ask else [])]
    for text in texts:
        assert text is not None
        assert text.keys() >= {"en", "zh"}
        for one in text.values():
            words = {(found[2] or found[1]).lower() for found in LINK.finditer(one)}
            assert words <= glossary().keys()


def test_no_file_says_which_reply_is_right():
    """What is right follows from the run: another network answers the same file otherwise."""
    lesson, answers = shipped_lesson("subject"), set()
    for sequence, cell in product(("1", "2", "3"), ("lstm", "gru", "coupled")):
        screen = Screen("stage", {"task": "subject", "cell": cell, "sequence": sequence})
        state = "c" if "c" in screen.trace.cell.signals else "h"
        ask = lesson.steps[0].ask
        assert ask is not None
        asked = replace(ask, says={**ask.says, "of": f"change of {state}"})
        right = right_one(screen, asked)
        values = screen.trace[state][:, 0, screen.unit]
        assert right.value == pytest.approx(np.abs(np.diff(values)).max())
        answers.add(right.label)
    assert len(answers) >= 3


def test_the_word_that_comes_is_what_torch_holds_likeliest():
    """The shipped weights in torch's own LSTM, in float64: the reply that is right is its own."""
    network = load("subject", "lstm")
    sequence = next(iter(TASKS["subject"].examples.values()))
    _cell, weights = network.layers[0, "forward"]
    order = ("i", "f", "c", "o")  # torch packs the gates like this
    module = torch.nn.LSTM(weights["W_f"].shape[1], network.hidden).double()
    with torch.no_grad():
        for name, letter in (("weight_ih_l0", "W"), ("weight_hh_l0", "U"), ("bias_ih_l0", "b")):
            packed = np.concatenate([weights[f"{letter}_{gate}"] for gate in order])
            getattr(module, name).copy_(torch.as_tensor(packed))
        module.bias_hh_l0.zero_()
        x = torch.as_tensor(network.inputs(sequence)).double()
        h = module(x)[0][:, 0].numpy()
    logits = h @ network.head_weight.T + network.head_bias
    screen = Screen("stage", {"task": "subject"})
    step = shipped_lesson("subject").steps[2]
    t = place(screen, step.at)
    right = right_one(screen, step.ask, t)
    assert right.label == f"“{(network.task.choices or ())[int(logits[t].argmax())]}”"


@pytest.mark.parametrize(("f", "n"), [("0.5", 3), ("0.9", 10), ("0", 2), ("1", 7)])
def test_what_the_valves_keep_is_a_power_of_f(f, n):
    screen = Screen("valves", {"f": f})
    assert number(screen, f"kept after {n}") == pytest.approx(float(f) ** n, abs=1e-12)


def test_what_a_word_wrote_is_its_candidate_through_every_gate_since():
    screen = Screen("stage", {"task": "subject"})
    t = place(screen, "asked")
    ask = Ask({"en": ""}, "word", {"of": "share of c", "is": "highest", "count": 99})
    found = replies(screen, ask, t)
    assert isinstance(found, tuple)
    assert len(found) > 10
    f, i, g = (screen.trace[name][:, 0, screen.unit] for name in ("f", "i", "c_tilde"))
    for one in found:
        at = int(one.label.rpartition(" ")[2].rstrip(")")) - 1
        assert one.value == pytest.approx(i[at] * g[at] * f[at + 1 : t + 1].prod(), abs=1e-12)


@pytest.mark.parametrize("cell", ["gru", "rnn", "coupled"])
def test_a_memory_of_another_form_is_not_taken_apart(cell):
    screen = Screen("stage", {"task": "subject", "cell": cell})
    ask = Ask({"en": ""}, "word", {"of": "share of nothing", "is": "highest"})
    with pytest.raises(NothingToAsk):
        replies(screen, ask, 3)


@pytest.mark.parametrize(("cell", "count"), [("lstm", 1600), ("coupled", 1200), ("rnn", 400)])
def test_a_cell_has_as_many_numbers_as_its_lines_say(cell, count):
    """One line with D = 8 and H = 16 has 8 · 16 + 16 · 16 + 16 of them."""
    assert number(Screen("valves", {}), f"parameters {cell} 8 16") == count


def test_a_gate_through_some_steps_is_its_product():
    screen = Screen("stage", {"task": "subject"})
    f = screen.trace["f"][:, 0, screen.unit]
    assert number(screen, "f through 3", 12) == pytest.approx(f[13] * f[14] * f[15])


def test_the_lines_of_a_typed_cell_are_counted_and_what_cannot_be_read_changes_nothing():
    for text, lines in (("h = tanh(W_h @ x)", 1), ("h = ", 6), ("", 6)):
        assert number(Screen("own_cell", {"equations": text}), "lines") == lines


def test_what_a_finished_run_reached_is_what_ships():
    screen = Screen("train", {"task": "order"})
    assert number(screen, "reached lstm chrono") > 0.9
    assert number(screen, "reached lstm plain") < 0.5
    with pytest.raises(NothingToAsk):
        number(screen, "reached gru chrono")


@pytest.mark.parametrize("bias", ["0", "1", "3"])
def test_what_the_gates_keep_alone_is_near_the_power_of_the_sigmoid(bias):
    screen = Screen("gradients", {"bias": bias})
    alone = (1 / (1 + math.exp(-float(bias)))) ** 10
    assert number(screen, "kept lstm 10") == pytest.approx(alone, rel=0.8)


def test_what_is_held_changes_answers_and_nothing_held_changes_none():
    held = {"task": "subject", "hold": "f3:14-14=1;i3:14-14=0"}
    assert number(Screen("what_if", held), "answers changed") > 0
    assert number(Screen("what_if", {**held, "hold": ""}), "answers changed") == 0


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [("first", 0), ("last", 24), ("5", 4), ("told", 13), ("told - 3", 10), ("told + 99", 24)],
)
def test_a_phrase_is_a_place(phrase, expected):
    assert place(Screen("stage", {"task": "subject"}), phrase) == expected


@pytest.mark.parametrize("how", ["is lowest", "is highest", "falls most", "rises most"])
@pytest.mark.parametrize("signal", ["f", "c"])
def test_where_a_signal_is_extreme_is_found_in_the_trace(signal, how):
    screen = Screen("stage", {"task": "subject", "cell": "lstm"})
    values = screen.trace[signal][:, 0, screen.unit]
    key = {
        "is lowest": lambda t: values[t],
        "is highest": lambda t: -values[t],
        "falls most": lambda t: values[t] - values[t - 1],
        "rises most": lambda t: values[t - 1] - values[t],
    }[how]
    assert place(screen, f"where {signal} {how}") == min(range(1, len(values)), key=key)


def test_what_a_run_does_not_have_is_said():
    screen = Screen("stage", {"task": "subject", "cell": "rnn"})
    with pytest.raises(NothingToAsk, match="no signal of this cell"):
        number(screen, "f")
    with pytest.raises(NothingToAsk, match="no place"):
        place(screen, "over the rainbow")


def test_a_range_holds_between_its_ends_only():
    found = condition(Screen("valves", {}), "f", "0.4 to 0.6")
    assert [found.holds(text) for text in ("0.4", "0.5", "0.61", "", "x")] == [True, True] + [
        False
    ] * 3
    assert found.holds(found.met())


def test_braces_in_an_address_are_the_step_and_the_unit_of_the_caption():
    screen = Screen("what_if", {"task": "subject"})
    assert addressed(screen, "hold", "f{unit}:{t}-{t}=1") == "f3:14-14=1"


def test_the_glossary_is_short_and_each_word_is_to_be_seen():
    assert len(glossary()) <= MOST
    names = names_of_pages()
    for word in glossary().values():
        page, _mark, query = word.seen.partition("?")
        assert page in {one.address for one in PAGES}
        assert {name for name, _text in parse_qsl(query)} <= set(names[page])
        assert word.said["en"].count(". ") == 0  # one sentence
        assert word.said["zh"]


def test_what_would_answer_a_question_is_hidden_beside_it():
    found = {
        (key, k): hidden(step)
        for key in COURSE
        for k, step in enumerate(shipped_lesson(key).steps, start=1)
    }
    assert found["learning", 2] == "results"  # its curves end in what is asked
    assert found["forget_bias", 1] == "results"
    assert found["subject", 3] == "guesses"
    assert found["one_step", 1] == ""
    assert found["counts", 2] == "values"
    lesson = shipped_lesson("counts")
    sent = lesson_payload(lesson, 2, "stage", scene_of(lesson.steps[1]), {})
    assert (sent["hides"], sent["hides_from"]) == ("values", 10)  # at the tenth a, and not before


@pytest.mark.parametrize("spoken", ["en", "zh_CN"])
def test_no_two_words_of_the_glossary_are_called_the_same(spoken):
    language.speak(spoken)
    sent = words_payload()["glossary"]
    for kind in ("forms", "signs"):
        called = [form.lower() if len(form) > 1 else form for one in sent for form in one[kind]]
        assert len(called) == len(set(called))
    signs = {sign: one["word"] for one in sent for sign in one["signs"]}
    assert set(signs) == {"⊙", "W", "U", "b", "σ", "tanh"}  # what the lines of an LSTM are made of


def test_a_link_to_a_step_says_its_scene_and_its_lesson():
    assert step_link(shipped_lesson("valves"), 1) == "valves?f=0.9&i=0.5&c=0.8&o=1&lesson=valves.1"


def test_a_lesson_whose_question_the_run_cannot_answer_is_refused():
    source = source_of("one_step").replace('of = "c"', 'of = "nothing"')
    with pytest.raises(ValueError, match="step 4: nothing is no signal"):
        check(read_lesson(source, names_of_pages()))


def test_cells_are_asked_of_by_names_of_the_catalogue():
    for key in COURSE:
        for step in shipped_lesson(key).steps:
            if step.ask and step.ask.kind == "cell":
                assert set(step.ask.says["among"]) <= CELLS.keys()

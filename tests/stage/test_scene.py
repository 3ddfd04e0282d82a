"""The drawing of every cell: legible, complete, and what a textbook would draw."""

import json
from itertools import combinations, pairwise
from random import Random

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from lstm_viz.stage.layout.names import room
from lstm_viz.stage.scene import scene

# What someone might type: no state, no memory, two memories, a state that is only passed on, a
# signal that nobody reads, gates that read gates, a long formula, many gates.
TYPED = {
    "feedforward": "h = tanh(W_h @ x + b_h)",
    "constant": "h = 0.5",
    "echo": "h = h_prev",
    "sum": "h = h_prev + W_h @ x",
    "leaky": "h = 0.9 * h_prev + 0.1 * tanh(W_h @ x + U_h @ h_prev + b_h)",
    "delayed": "a = tanh(W_a @ x + U_a @ e_prev)\ne = a\nh = a * e_prev",
    "renamed": "a = tanh(W_a @ x + U_a @ h_prev)\nk = a\nh = k * k",
    "unread": "g = sigmoid(W_g @ x)\nh = tanh(W_h @ x + U_h @ h_prev)\ny = h",
    "two_memories": """
        f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
        g = sigmoid(W_g @ x + U_g @ h_prev + p_g * e_prev + b_g)
        a = tanh(W_a @ x + U_a @ h_prev + b_a)
        c = f * c_prev + (1 - f) * a
        e = g * e_prev + (1 - g) * c
        o = sigmoid(W_o @ x + U_o @ h_prev + p_o * c + d_o * e + b_o)
        h = o * tanh(c + e)
    """,
    "gates_reading_gates": """
        f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
        i = sigmoid(W_i @ x + U_i @ f + b_i)
        a = tanh(W_a @ x + U_a @ (i * h_prev) + R_a @ (f * h_prev) + b_a)
        h = f * h_prev + i * a
    """,
    "formula": """
        a = relu(W_a @ x) * 2
        g = 1 - sigmoid(2 * (W_g @ x + U_g @ h_prev) - 1)
        s = maximum(a, 0.5) ** 2
        e = 1 / (1 + exp(-abs(a)))
        w = sqrt(a * a + 0.001)
        h = g * h_prev + (1 - g) / 2 * tanh(e - s) * w
    """,
    "many_gates": """
        a = sigmoid(W_a @ x + U_a @ h_prev + b_a)
        i = sigmoid(W_i @ x + U_i @ h_prev + b_i)
        c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
        c = a * c_prev + i * c_tilde
        f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
        g = sigmoid(W_g @ x + U_g @ h_prev + b_g)
        e = f * e_prev + g * c
        o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
        h = o * tanh(c + e)
    """,
}


def tangled(seed: int) -> str:
    """Equations that nobody would write: each reads whatever came before it."""
    draw = Random(seed)
    names: list[str] = []
    lines: list[str] = []
    for k in range(draw.choice([4, 6, 8])):
        a, b, c = (draw.choice(names) for _ in range(3)) if k > 1 else ("", "", "")
        written = [
            f"sigmoid(W_v{k} @ x + U_v{k} @ h_prev + b_v{k})",
            f"tanh({a} * {b} + {c})",
            f"{a} * v{k}_prev + (1 - {b}) * {c}",
            f"maximum({a}, {b}) / (1 + abs({c}))",
        ]
        lines.append(f"v{k} = {written[0] if k < 2 else draw.choice(written)}")
        names.append(f"v{k}")
    return "\n".join([*lines, f"h = {names[-1]} * tanh({names[-2]}) + h_prev"])


# Each value is read by the next two: as many ways through it as rabbits in Fibonacci's garden.
TYPED["rabbits"] = "\n".join(
    ["a0 = tanh(W_a @ x + U_a @ h_prev)", "a1 = a0 * h_prev"]
    + [f"a{k} = a{k - 1} * a{k - 2}" for k in range(2, 24)]
    + ["h = a23 + a22"]
)
TYPED |= {f"tangled_{seed}": tangled(seed) for seed in range(8)}
DRAWN = {**CELLS, **{name: Cell(text) for name, text in TYPED.items()}}


@pytest.fixture(params=DRAWN, scope="module")
def cell(request):
    return DRAWN[request.param]


@pytest.fixture
def drawn(cell):
    return scene(cell)


def room_of(label):
    return room(label["x"], label["y"], label["symbol"])


def outline(node, margin=0.0):
    w, h = node["w"] / 2 + margin, node["h"] / 2 + margin
    return (node["x"] - w, node["y"] - h, node["x"] + w, node["y"] + h)


def stretches(wire):
    """The rectangles that a wire's strands cover, and whether each lies across."""
    half = wire["spread"] / 2
    for (x0, y0), (x1, y1) in pairwise(wire["points"]):
        across = y0 == y1
        dx, dy = (0, half) if across else (half, 0)
        yield (min(x0, x1) - dx, min(y0, y1) - dy, max(x0, x1) + dx, max(y0, y1) + dy), across


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(one, other):
    left, top, right, bottom = other
    return left <= one[0] and one[2] <= right and top <= one[1] and one[3] <= bottom


def names(drawn):
    return [label for label in drawn["labels"] if label["symbol"]]


def test_every_signal_is_named(cell, drawn):
    assert {label["symbol"] for label in names(drawn)} >= set(cell.signals)


def test_every_wire_and_part_shows_a_number_of_the_run(cell, drawn):
    weights = init_weights(cell, 3, 4)
    x = np.random.default_rng(0).normal(size=(5, 1, 3))
    trace = run(cell, weights, x)
    for part in [*drawn["nodes"], *drawn["wires"]]:
        assert np.isfinite(trace.value(part["value"])).all(), part["value"]


def test_parts_keep_their_distance(drawn):
    for one, other in combinations(drawn["nodes"], 2):
        assert not meet(outline(one, 6), outline(other, 6)), (one["id"], other["id"])


def test_no_wire_runs_through_a_part(drawn):
    for wire in drawn["wires"]:
        for node in drawn["nodes"]:
            if node["id"] not in (wire["begin"], wire["to"]):
                for stretch, _ in stretches(wire):
                    assert not meet(stretch, outline(node, 3)), (wire["value"], node["id"])


def test_a_wire_ends_where_it_enters_a_part(drawn):
    nodes = {node["id"]: node for node in drawn["nodes"]}
    for wire in drawn["wires"]:
        if wire["to"]:
            *_, before, last = wire["points"]
            assert inside((*last, *last), outline(nodes[wire["to"]], 1))
            assert not meet((*before, *before), outline(nodes[wire["to"]], -2))


def test_wires_bend_at_right_angles_and_have_room_to(drawn):
    for wire in drawn["wires"]:
        for (x0, y0), (x1, y1) in pairwise(wire["points"]):
            assert (x0 == x1) != (y0 == y1)
        for (x0, y0), (x1, y1) in list(pairwise(wire["points"]))[1:-1]:
            assert abs(x1 - x0) + abs(y1 - y0) >= wire["spread"]


def test_wires_of_different_values_only_cross(drawn):
    """Side by side they never touch; where one crosses another, it does so at a right angle."""
    for one, other in combinations(drawn["wires"], 2):
        if one["source"] == other["source"]:
            continue
        for stretch, across in stretches(one):
            for another, also_across in stretches(other):
                if across == also_across:
                    assert not meet(stretch, another), (one["value"], other["value"])


def test_no_name_or_sign_stands_on_anything(drawn):
    boxes = [(label["symbol"] or label["mark"], room_of(label)) for label in drawn["labels"]]
    for (one, box), (other, another) in combinations(boxes, 2):
        assert not meet(box, another), (one, other)
    for name, box in boxes:
        for node in drawn["nodes"]:
            assert not meet(box, outline(node)), (name, node["id"])
        for wire in drawn["wires"]:
            for stretch, _ in stretches(wire):
                assert not meet(box, stretch), (name, wire["value"])


def test_everything_is_inside_the_picture(drawn):
    body = drawn["body"]
    panel = (body["x"], body["y"], body["x"] + body["w"], body["y"] + body["h"])
    page = (0, 0, drawn["width"], drawn["legend"]["y"] - 10)
    assert inside(panel, page)
    for node in drawn["nodes"]:
        assert inside(outline(node, 5), panel), node["id"]
    for label in names(drawn):
        assert inside(room_of(label), page), label["symbol"]
    for wire in drawn["wires"]:
        for stretch, _ in stretches(wire):
            assert inside(stretch, page), wire["value"]


def test_every_part_is_reached_and_read(drawn):
    for node in drawn["nodes"]:
        assert any(wire["begin"] == node["id"] for wire in drawn["wires"]), node["id"]
        assert node["kind"] == "constant" or any(
            wire["to"] == node["id"] for wire in drawn["wires"]
        ), node["id"]


def test_every_phase_has_something_to_show(drawn):
    shown = {part["phase"] for part in [*drawn["nodes"], *drawn["wires"]]}
    assert shown == set(range(len(drawn["phases"]))) or not drawn["nodes"]


def test_a_scene_is_plain_data_and_always_the_same(cell, drawn):
    again = scene(Cell(cell.text, roles={name: role.key for name, role in cell.roles.items()}))
    assert json.dumps(drawn, allow_nan=False) == json.dumps(again)


# --- what a textbook would draw


def node(cell, id):
    return next(node for node in scene(CELLS[cell])["nodes"] if node["id"] == id)


def wires(cell, value=None, **wanted):
    found = [w for w in scene(CELLS[cell])["wires"] if value is None or w["value"] == value]
    return [wire for wire in found if all(dict(wire)[key] == is_ for key, is_ in wanted.items())]


def test_the_memory_is_a_belt_along_the_top():
    times, plus = node("lstm", "f * c_prev"), node("lstm", "c")
    (before,) = wires("lstm", "c_prev")
    (between,) = wires("lstm", "f * c_prev")
    out = max(wires("lstm", "c"), key=lambda wire: wire["points"][-1][0])
    belt = {y for wire in (before, between, out) for _, y in wire["points"]}
    assert belt == {times["y"]} == {plus["y"]}
    assert belt == {min(node["y"] for node in scene(CELLS["lstm"])["nodes"])}
    assert before["points"][0][0] < times["x"] < plus["x"] < out["points"][-1][0]


def test_the_gates_stand_in_a_row_in_the_order_of_the_equations():
    boxes = [node("lstm", name) for name in ("f", "i", "c_tilde", "o")]
    assert [box["label"] for box in boxes] == ["σ", "σ", "tanh", "σ"]
    assert len({box["y"] for box in boxes}) == 1
    assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
    assert len({round(b["x"] - a["x"]) for a, b in pairwise(boxes)}) == 1


def test_each_gate_stands_below_what_it_does():
    assert node("lstm", "f")["x"] == node("lstm", "f * c_prev")["x"]
    column = [node("lstm", name) for name in ("c", "i * c_tilde", "c_tilde")]
    assert len({part["x"] for part in column}) == 1
    assert [part["y"] for part in column] == sorted(part["y"] for part in column)


def test_the_past_and_the_input_run_side_by_side_into_every_gate():
    for box in ("f", "i", "c_tilde", "o"):
        values = [wire["value"] for wire in wires("lstm", kind="bus", to=box)]
        assert sorted(values) == ["h_prev", "x"]
    rails = {w["value"]: max(y for _, y in w["points"]) for w in wires("lstm", kind="bus")}
    assert rails["h_prev"] > node("lstm", "f")["y"]


def test_the_output_leaves_to_the_right_at_the_height_of_the_past_and_upwards():
    ends = [wire["points"][-1] for wire in wires("lstm", "h", to=None)]
    rail = wires("lstm", "h_prev")[0]["points"][0][1]
    assert any(y == rail and x > node("lstm", "h")["x"] for x, y in ends)
    assert any(y < node("lstm", "c")["y"] for _, y in ends)


def test_a_peephole_is_a_wire_from_the_belt_and_the_output_gate_sees_the_new_memory():
    assert wires("lstm", kind="peephole") == []
    seen = {w["to"]: w["value"] for w in wires("peephole", kind="peephole") if w["to"]}
    assert seen == {"f": "c_prev", "i": "c_prev", "o": "c"}
    new = next(w for w in wires("peephole", "c", kind="peephole"))
    assert new["points"][0][0] > node("peephole", "c")["x"]


def test_the_coupled_gate_is_one_minus_the_other():
    assert node("coupled", "i")["label"] == node("cifg", "f")["label"] == "1−"
    assert wires("coupled", "f", to="i")
    assert wires("cifg", "i", to="f")


def test_the_gru_keeps_h_on_the_belt_and_resets_before_or_after_the_matrix():
    assert node("gru", "h")["y"] == node("gru", "z * h_prev")["y"]
    assert node("gru", "1 - z")["label"] == "1−"
    after = "r * (U_h @ h_prev + d_h)"
    assert {w["value"] for w in wires("gru", to=after)} == {"r", "U_h @ h_prev + d_h"}
    assert {w["value"] for w in wires("gru_reset_before", to="r * h_prev")} == {"r", "h_prev"}
    assert wires("gru_reset_before", "r * h_prev", to="h_tilde")


def test_a_plain_rnn_is_one_box():
    (box,) = scene(CELLS["rnn"])["nodes"]
    assert box["label"] == "tanh"


def test_a_gate_that_is_held_open_is_drawn_as_its_number():
    assert (node("nfg", "f")["kind"], node("nfg", "f")["label"]) == ("constant", "1")


def test_the_sub_steps_follow_the_story():
    assert scene(CELLS["lstm"])["phases"] == ["forget", "propose", "write", "show"]
    assert scene(CELLS["gru"])["phases"] == ["forget", "propose", "write"]
    phases = {n["id"]: n["phase"] for n in scene(CELLS["lstm"])["nodes"]}
    story = [{"f", "f * c_prev"}, {"i", "c_tilde", "i * c_tilde"}, {"c"}, {"o", "tanh(c)", "h"}]
    for phase, parts in enumerate(story):
        assert {name for name, when in phases.items() if when == phase} == parts


def test_nothing_is_reached_before_what_it_reads():
    for cell in DRAWN.values():
        when = {n["id"]: n["phase"] + n["turn"] / 2 for n in scene(cell)["nodes"]}
        for wire in scene(cell)["wires"]:
            if wire["begin"] and wire["to"]:
                assert when[wire["begin"]] < when[wire["to"]]


def test_a_pulse_runs_in_the_order_of_the_equations():
    for cell in DRAWN.values():
        drawing = scene(cell)
        parts = {node["id"]: node for node in drawing["nodes"]}
        for wire in drawing["wires"]:
            assert 0 <= wire["turn"] < wire["until"] <= 1
            starts, arrives = (wire["phase"] + wire[end] for end in ("turn", "until"))
            trunk = wire["trunk"]
            if trunk is not None:  # a branch goes on where its trunk has come to
                before = drawing["wires"][trunk]
                assert before["source"] == wire["source"]
                assert before["phase"] + before["until"] <= starts + 1e-9
            elif wire["begin"]:
                begin = parts[wire["begin"]]
                assert begin["phase"] + begin["turn"] <= starts + 1e-9
            if wire["to"]:  # a part waits for the last of what it reads
                assert arrives < parts[wire["to"]]["phase"] + parts[wire["to"]]["turn"]


def test_each_state_that_is_read_again_goes_round_from_its_arrow_to_where_it_comes_in():
    for cell in DRAWN.values():
        drawing = scene(cell)
        begun = {tuple(wire["points"][0]): wire["source"] for wire in drawing["wires"]}
        ended = {(tuple(wire["points"][-1]), wire["value"]) for wire in drawing["wires"]}
        read = {state for state in cell.states if f"{state}_prev" in begun.values()}
        assert {carry["state"] for carry in drawing["carries"]} == read
        for carry in drawing["carries"]:
            assert begun[carry["enters"]] == carry["state"] + "_prev"
            assert (carry["leaves"], carry["state"]) in ended
            assert carry["enters"][0] < carry["leaves"][0]


def test_what_is_subtracted_or_divided_by_is_marked():
    for name, expected in (("minlstm", ["÷", "÷"]), ("slstm", ["−", "−", "÷"])):
        signs = [label["mark"] for label in scene(CELLS[name])["labels"] if label["mark"]]
        assert signs == expected


def test_what_meets_on_a_belt_is_drawn_at_one_scale():
    assert scene(CELLS["lstm"])["alike"] == {"c": ["c", "c_prev", "f * c_prev", "i * c_tilde"]}
    assert scene(CELLS["slstm"])["alike"]["n"] == ["f * n_prev", "n", "n_prev"]


def test_equal_equations_with_other_roles_are_another_drawing():
    named = CELLS["minlstm"]
    roles = [
        {n["id"]: n["role"] for n in scene(cell)["nodes"]} for cell in (named, Cell(named.text))
    ]
    assert (roles[0]["f"], roles[0]["i"]) == ("keep", "write")
    assert roles[0] != roles[1]

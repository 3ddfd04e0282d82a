"""The page of scores says what the files say, and the figures show it."""

import math
import re
from dataclasses import replace
from math import comb

import numpy as np
import pytest

from lstm_viz.cells.marks import mark_of
from lstm_viz.figures import scores as figures
from lstm_viz.networks.network import load, shipped
from lstm_viz.rounded import percent
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.counting import COUNTED_TO, FIRST, counted
from lstm_viz.tasks.score import Learnt, Scored, of_starts, seeds
from lstm_viz.words import scores
from lstm_viz.words.scores import learnt

SHIPPED = [name for name, task in TASKS.items() if task.ships]
CELLS = list(dict.fromkeys(cell for _task, cell in shipped()))


@pytest.fixture(params=SHIPPED)
def task(request):
    return TASKS[request.param]


def with_seeds(found: Learnt, **of_seeds: tuple[float, ...]) -> Learnt:
    """The same networks, said to come from other seeds."""
    networks = tuple(
        replace(scored, of_seeds=of_seeds.get(scored.cell.name, (scored.value,) * 3))
        for scored in found.networks
    )
    return replace(found, networks=networks)


def test_the_table_has_a_row_for_each_task_and_a_column_for_each_cell():
    table = scores.table()
    assert table["Task"] == [TASKS[name].title for name in SHIPPED]
    assert list(table)[2:-2] == [load("subject", cell).cell.title for cell in CELLS]
    assert {len(column) for column in table.values()} == {len(SHIPPED)}


def test_every_number_in_the_table_is_that_of_the_file():
    table = scores.table()
    for name, cell in shipped():
        network, score = load(name, cell), TASKS[name].score
        shown = table[network.cell.title][SHIPPED.index(name)]
        assert shown.split(" (")[0] == score.short(network.metrics[score.key])


def test_the_worst_seed_stands_in_brackets_and_only_where_it_differs():
    found = learnt(TASKS["reber"])
    scored = replace(found.networks[0], value=0.444, of_seeds=(0.51, 0.444, 0.46))
    assert scores._with_worst(found, scored) == "0.444 (0.510)"
    assert scores._with_worst(found, replace(scored, of_seeds=(0.444, 0.4441))) == "0.444"
    found = learnt(TASKS["subject"])
    best = replace(found.networks[0], value=1.0, of_seeds=(0.5, 1.0))
    assert scores._with_worst(found, best) == "100.0% (50.0%)"


def test_a_single_start_has_no_worst_one():
    """What stood in brackets was the same network, on the sequences of the choice."""
    table = scores.table()
    for name in SHIPPED:
        starts = {len(load(name, cell).training["of_seeds"]) for cell in CELLS}
        (count,) = starts  # the same budget for every cell
        row = SHIPPED.index(name)
        assert table["measured"][row].endswith(f"; {count} start{'s' * (count > 1)}")
        if count == 1:
            assert not any("(" in table[load(name, cell).cell.title][row] for cell in CELLS)


def test_a_network_is_compared_with_the_best_that_needs_none(task):
    """A weaker one may stand beside it, and not alone."""
    found = learnt(task)
    sign = 1 if task.score.higher_is_better else -1
    best = max(found.baselines.values(), key=lambda value: sign * value)
    for value in found.baselines.values():
        if f"needs {value:.2f}" in said(task.name):
            assert f" {best:.2f}" in said(task.name)


def test_the_best_that_is_known_without_a_network_stands_beside_it():
    said = dict(zip(SHIPPED, scores.table()["without a network"], strict=True))
    assert said["subject"].endswith("(the last person named)")
    assert said["python"].endswith("(how often each pair is used)")
    assert said["load"].endswith("(same hour yesterday)")


def test_who_counts_to_the_end_of_the_test_may_count_further():
    assert TASKS["counting"].score.short(COUNTED_TO) == f"≥ {COUNTED_TO}"
    assert TASKS["counting"].score.short(COUNTED_TO - 1) == f"{COUNTED_TO - 1}"


def test_at_least_so_many_is_said_only_of_one_who_did_not_fail_at_the_next():
    """“At least 99” of a network that fails at 100 is untrue: where the screen ends, it goes on."""
    for cell in CELLS:
        network = load("counting", cell)
        far = network.metrics["counts_to"]
        assert far == COUNTED_TO or not counted(network, FIRST, far + 1)
        assert not far or counted(network, FIRST, far)


def said(name: str) -> str:
    return scores.caption(TASKS[name], learnt(TASKS[name]))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("subject", lambda lstm: f"{lstm['memory_of_the_subject']['kept_at_new']:.2f}"),
        ("subject_zh", lambda lstm: f"unit {lstm['memory_of_the_subject']['unit']} "),
        ("counting", lambda lstm: f"unit {lstm['counter']['unit']} goes best"),
        ("reber", lambda lstm: f"LSTM {percent(lstm['remembered_letter_right'])}"),
        ("reber", lambda lstm: f"LSTM {lstm['nats_per_symbol_never_seen']:.4f}"),
        ("reber", lambda lstm: f"best possible there is {lstm['optimum_never_seen']:.4f}"),
        ("reber", lambda lstm: f"{percent(lstm['share_seen'])} of the strings"),
        ("python", lambda lstm: f"{lstm['baselines']['how often each character is used']:.2f}"),
        ("load", lambda lstm: f"{max(lstm['squared_error_by_hour_of_week']):.1f}"),
    ],
)
def test_a_caption_has_the_numbers_of_the_files(name, number):
    assert number(load(name, "lstm").metrics) in said(name)


def test_a_share_of_a_sample_stands_with_its_interval():
    """53 of 53 is no "100% of all cases"; the intervals are those of the binomial's own tails."""
    table = load("subject", "lstm").metrics["accuracy_by_distance"]
    near = next(count for distance, share, count in table if distance == 12 and share == 1)
    far = [(round(share * count), count) for distance, share, count in table if distance > 30]
    hits, cases = (sum(column) for column in zip(*far, strict=True))
    for right, count in ((near, near), (hits, cases)):
        low = re.search(rf"in {right} of {count} \(95%: (\d+) to 100%\)", said("subject"))
        assert low, said("subject")
        chance = int(low[1]) / 100  # rounded outwards: so many hits are rarer than one in forty
        tail = sum(
            math.comb(count, k) * chance**k * (1 - chance) ** (count - k)
            for k in range(right, count + 1)
        )
        assert tail <= 0.025 * 1.001
    assert re.search(r"LSTM 100% \(99\.\d% to 100", said("reber"))


def test_every_shipped_task_says_what_was_learnt(task):
    assert said(task.name).endswith(".")


def test_the_caption_names_the_cell_that_depends_most_on_chance():
    found = with_seeds(learnt(TASKS["reber"]), gru=(0.444, 0.5, 0.47), rnn=(0.45, 0.46, 0.46))
    assert seeds(found) == (
        "Each network was chosen from 3 that started from other random weights. "
        "They differ most for GRU: from 0.500 to 0.444."
    )


def test_one_seed_is_called_the_only_one():
    found = with_seeds(learnt(TASKS["python"]))
    alone = replace(found, networks=tuple(replace(s, of_seeds=(s.value,)) for s in found.networks))
    assert seeds(alone) == "Each network is the only one that was trained."


@pytest.mark.parametrize("dark", [False, True])
def test_each_cell_has_its_own_colour_in_every_figure(task, dark):
    found = learnt(task)
    drawn = [figures.scores(found, dark)]
    if task.chart:
        drawn.append(figures.deeper(found, task.chart(found), dark))
    for figure in drawn:
        for trace in figure["data"]:
            if trace["name"] == "best possible":
                continue
            cell = next(s.cell for s in found.networks if trace["name"].startswith(s.title))
            mark = mark_of(cell)
            assert trace["marker"]["color"] == mark.colour.on(dark)


def test_every_seed_and_every_level_is_in_the_figure(task):
    found = learnt(task)
    figure = figures.scores(found, dark=False)
    shown = [x for trace in figure["data"] for x in trace["x"]]
    meant = [x for s in found.networks for x in (*s.of_seeds, s.value)]
    assert sorted(shown) == sorted(meant)
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == sorted(found.levels.values())
    assert figure["layout"]["xaxis"]["title"]["text"].startswith(task.score.label)


def test_every_start_stands_in_the_table_with_how_often_it_was_learnt(task):
    found = learnt(task)
    table = scores.starts(found)
    for row, scored in enumerate(found.networks):
        starts = table["all starts, validated"][row].split(", ")
        assert starts == [found.score.short(value) for value in scored.of_seeds]
        assert (
            table["parameters, added biases once"][row]
            == f"{load(task.name, scored.cell.name).count:,}"
        )
    assert len(table["Cell"]) == len(CELLS)
    if found.optimum is not None:
        assert all("(95%: " in said for said in table["starts from which it was learnt"])


def test_eight_of_eight_is_not_always():
    assert of_starts(8, 8) == "8 of 8 (95%: 63 to 100%)"
    assert "LSTM 8 of 8 (95%: 63 to 100%)" in said("subject")


def test_a_start_counts_as_learnt_by_its_way_to_the_best_possible():
    found = with_seeds(learnt(TASKS["load"]), gru=(15.7, 4.3, 9.0), rnn=(4.2, 4.2))
    assert found.learnt_from(found.of("gru")) == 1
    assert found.learnt_from(found.of("rnn")) == 2
    assert learnt(TASKS["counting"]).learnt_from(found.of("gru")) is None  # nobody knows the best


def deeper(name: str) -> dict:
    """The figure that a task has beyond its score."""
    found, chart = learnt(TASKS[name]), TASKS[name].chart
    assert chart is not None
    return figures.deeper(found, chart(found), dark=False)


def test_the_figure_of_distances_shows_the_share_that_is_right():
    found = learnt(TASKS["subject"])
    figure = deeper("subject")
    for trace, scored in zip(figure["data"], found.networks, strict=True):
        table = scored.metrics["accuracy_by_distance"]
        assert trace["x"] == [distance for distance, _, _ in table]
        assert trace["y"] == [share for _, share, _ in table]


def test_the_figure_of_counting_has_a_mark_for_each_n_that_is_counted():
    found = learnt(TASKS["counting"])
    figure = deeper("counting")
    for trace, scored in zip(figure["data"], found.networks, strict=True):
        assert len(trace["x"]) == sum(scored.metrics["counted"])
        assert trace["x"][:10] == list(range(1, 11))


def test_the_figure_of_the_week_has_an_error_for_each_hour():
    figure = deeper("load")
    assert {len(trace["y"]) for trace in figure["data"]} == {168}
    assert figure["data"][-1]["name"] == "best possible"
    assert "Saturday" in figure["layout"]["xaxis"]["ticktext"]


def test_a_network_from_an_unknown_number_of_seeds_is_shown_alone():
    found = learnt(TASKS["subject"])
    assert scores._with_worst(found, Scored(found.of("lstm").cell, 1.0, (), {})) == "100.0%"


def test_a_tested_score_stands_with_its_interval():
    """Of right answers it is Clopper and Pearson's, of losses it holds the mean."""
    with_one = set()
    for name, cell in shipped():
        metrics, score = load(name, cell).metrics, TASKS[name].score
        if (
            "interval" not in metrics
        ):  # which a task measures itself, where it is tested on a sample
            continue
        with_one.add(name)
        low, high = metrics["interval"]
        assert low <= metrics[score.key] <= high
        assert score.between(low, high) in score.with_interval(metrics)
    assert {"subject", "subject_zh", "someone", "reber", "python", "load"} & {
        name for name, _ in shipped()
    } <= with_one
    score = TASKS["subject"].score
    assert score.between(0.99631, 1.0) == "99.6% to 100.0%"
    assert TASKS["load"].score.between(4.6012, 4.8589) == "4.60 to 4.86"


def at_least(hits: int, trials: int, chances: np.ndarray) -> np.ndarray:
    """The probability of so many hits or more, term by term."""
    counts = range(hits, trials + 1)
    return sum(comb(trials, k) * chances**k * (1 - chances) ** (trials - k) for k in counts)


def test_the_sharpest_difference_is_told_with_intervals_that_do_not_overlap(task):
    found = learnt(task)
    difference = scores.sharpest_difference(found)
    said = scores.difference_said(found)
    if difference is None:
        assert not any("interval" in scored.metrics for scored in found.networks)
        return
    assert difference.better.title in said
    assert difference.worse.title in said
    assert ("No cell is told from another" in said) is (difference.gap <= 0)
    if difference.is_of_starts:
        better, worse = (
            (found.learnt_from(one) or 0, len(one.of_seeds))
            for one in (difference.better, difference.worse)
        )
        chances = np.linspace(0, 1, 10_001)
        low = chances[at_least(*better, chances) >= 0.025][0]
        high = chances[at_least(worse[1] - worse[0], worse[1], 1 - chances) >= 0.025][-1]
        assert low - high == pytest.approx(difference.gap, abs=3e-4)
    else:
        better, worse = (one.metrics["interval"] for one in (difference.better, difference.worse))
        ahead = better[0] > worse[1] if task.score.higher_is_better else better[1] < worse[0]
        assert ahead is (difference.gap > 0)


def test_no_two_other_cells_are_further_apart(task):
    found = learnt(task)
    difference = scores.sharpest_difference(found)
    if difference is None or not difference.is_of_starts:
        return
    hits = {one.title: found.learnt_from(one) or 0 for one in found.networks}
    assert hits[difference.better.title] == max(hits.values())
    assert hits[difference.worse.title] == min(hits.values())


def test_the_page_opens_on_the_task_with_the_clearest_difference():
    gaps = {name: scores.sharpest_difference(learnt(TASKS[name])) for name in SHIPPED}
    by_starts = {name: one.gap for name, one in gaps.items() if one and one.is_of_starts}
    assert scores.sharpest_task(SHIPPED) == max(by_starts, key=by_starts.__getitem__)
    assert scores.sharpest_task(["load", "reber"]) == "load"

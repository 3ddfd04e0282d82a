"""Subjects, pronouns, and the words between them."""

from itertools import pairwise

import numpy as np
import pytest

from lstm_viz.tasks import MAX_STEPS, TASKS
from lstm_viz.tasks.subject import chinese as subject_zh
from lstm_viz.tasks.subject import english as subject
from lstm_viz.tasks.subject import grammar as sentences
from lstm_viz.tasks.subject.grammar import LONGEST_DISTANCE, MANY
from tests.tasks.handmade import HandMade

GRAMMARS = {"subject": subject.GRAMMAR, "subject_zh": subject_zh.GRAMMAR}


@pytest.fixture(params=list(GRAMMARS.values()), ids=list(GRAMMARS))
def grammar(request):
    return request.param


@pytest.fixture
def episodes(grammar):
    rng = np.random.default_rng(0)
    return [grammar.episode(rng) for _ in range(500)]


def references(text, task="subject"):
    return GRAMMARS[task].references(TASKS[task].parse(text))


def test_words_between_are_counted_from_the_last_naming():
    assert references("Anna slept and she sang because she waited .") == [(3, 2, 1), (6, 2, 1)]
    assert references("the queen slept in the garden and she sang .") == [(7, 5, 1)]


def test_a_person_who_is_only_seen_does_not_become_the_subject():
    assert references("Anna saw Tom and she sang .") == [(4, 3, 1)]
    assert references("Anna saw the king and she sang .") == [(5, 4, 1)]
    assert references("安娜看见了汤姆，所以她笑了。", "subject_zh") == [(6, 5, 1)]


def test_a_subject_is_replaced_at_the_start_of_a_sentence():
    assert references("Anna sang . Tom slept and he sang .")[0][2] == 2
    assert references("Anna sang . then the king slept and he sang .")[0][2] == 2
    assert references("妈妈笑了。后来爸爸笑了，而且他唱歌了。", "subject_zh")[0][2] == 2


def test_every_pronoun_agrees_with_the_subject_of_its_moment(grammar, episodes):
    for episode in episodes:
        subjects, agreed = dict(grammar.subjects(episode)), None
        for place, word in enumerate(episode):
            agreed = subjects.get(place, agreed)
            assert word not in grammar.pronouns or word == agreed


def test_subjects_are_replaced_and_come_from_near_and_far(grammar, episodes):
    found = [reference for episode in episodes for reference in grammar.references(episode)]
    distances = {between for _, between, _ in found}
    assert distances >= set(range(2, 13))
    assert max(distances) <= LONGEST_DISTANCE
    assert np.mean([subjects > 1 for _, _, subjects in found]) > 0.3


def test_knowing_the_last_person_named_is_not_enough(grammar):
    task = next(TASKS[name] for name, other in GRAMMARS.items() if other is grammar)
    coin, last = task.baselines().values()
    assert coin == 0.5
    assert 0.8 < last < 0.95


def test_both_sexes_are_equally_common(grammar, episodes):
    hers = [word == grammar.pronouns[0] for e in episodes for word in e if word in grammar.pronouns]
    assert abs(np.mean(hers) - 0.5) < 0.1


def test_the_answer_is_judged_by_the_subject_and_not_by_what_was_typed():
    task = TASKS["subject"]
    sequence = task.parse("Anna sang and he slept .")
    says_she = np.zeros((len(sequence), len(task.symbols)))
    says_she[:, task.numbers["she"]] = 1
    assert task.right(sequence, says_she) == (None, None, True, None, None, None)
    nobody = task.parse("sang and he slept .")
    assert set(task.right(nobody, says_she[: len(nobody)])) == {None}


def test_the_first_example_has_a_subject_replaced_by_one_of_the_other_sex():
    for name, grammar in GRAMMARS.items():
        sequence = next(iter(TASKS[name].examples.values()))
        assert len({pronoun for _, pronoun in grammar.subjects(sequence)}) == 2


def test_the_examples_obey_the_grammar():
    """Every word follows its neighbour somewhere in what the grammar says."""
    for name, grammar in GRAMMARS.items():
        rng = np.random.default_rng(1)
        said = [grammar.episode(rng) for _ in range(5 * MANY)]
        pairs = {pair for episode in said for pair in pairwise(episode)}
        for sequence in TASKS[name].examples.values():
            assert set(pairwise(sequence)) <= pairs


def test_twelve_words_between_are_twelve():
    for name, grammar in GRAMMARS.items():
        sequence = TASKS[name].examples["Twelve words between"]
        assert [between for _, between, _ in grammar.references(sequence)] == [12]


def test_a_stretched_sentence_goes_further_than_any_that_is_trained_on(grammar):
    rng = np.random.default_rng(4)
    stretched = [grammar.stretched(rng) for _ in range(200)]
    far = [between for words in stretched for _, between, _ in grammar.references(words)]
    assert max(far) > 2 * LONGEST_DISTANCE
    assert max(map(len, stretched)) <= MAX_STEPS
    assert all(len(grammar.subjects(words)) == 2 for words in stretched)


class Knowing(HandMade):
    """A network made by hand: it knows the subject as long as it can bear the words between."""

    def __init__(self, bears):
        self.task, self.grammar, self.bears = TASKS["subject"], GRAMMARS["subject"], bears

    def probabilities(self, inputs):
        found = np.full((*inputs.shape, len(self.task.symbols)), 1e-3)
        for column in range(inputs.shape[1]):
            words = [self.task.symbols[code] for code in inputs[:, column]]
            subjects, pronoun, named = dict(self.grammar.subjects(words)), "", 0
            for place, word in enumerate(words):
                pronoun = subjects.get(place, pronoun)
                named = place if place in subjects or word == pronoun else named
                if pronoun and place - named <= self.bears:
                    found[place, column, self.task.numbers[pronoun]] = 1
        return found


def test_one_who_knows_the_subject_is_always_right():
    measured = TASKS["subject"].measure(Knowing(bears=1000))
    assert measured["pronoun_accuracy"] == measured["accuracy_beyond"] == 1
    assert measured["memory_of_the_subject"] == {
        "unit": 0,
        "tells": pytest.approx(0.5),
        "explained": pytest.approx(0),
        "kept_between": pytest.approx(1),
        "kept_at_new": pytest.approx(1),
    }


def test_one_who_forgets_is_found_out_at_the_distance_where_it_does():
    measured = TASKS["subject"].measure(Knowing(bears=12))
    right = {distance: share for distance, share, _ in measured["accuracy_by_distance"]}
    assert all(right[distance] == 1 for distance in range(2, 13))
    assert all(share < 0.9 for distance, share in right.items() if distance > 13)
    assert measured["pronoun_accuracy"] == 1
    assert measured["accuracy_beyond"] < 0.7


def test_distances_are_grouped_where_they_are_rare():
    counts = {
        d: n for d, _, n in TASKS["subject"].measure(Knowing(bears=9))["accuracy_by_distance"]
    }
    assert [d for d in counts if d > 20] == [25, 35, 45, 55, 65, 75, 85, 95]


def test_a_memory_that_holds_the_subject_and_nothing_else_is_explained_by_it():
    her, his = np.full(30, 0.8), np.full(20, -0.9)
    assert sentences._explained(her, his) == pytest.approx(1)
    noise = np.random.default_rng(0).normal(size=30)
    assert sentences._explained(noise, noise) == pytest.approx(0)
    # Means 1.7 apart, and noise of variance 1 around each: p q 1.7^2 / (p q 1.7^2 + 1)
    assert sentences._explained(
        np.tile([1.8, -0.2], 15), np.tile([0.1, -1.9], 10)
    ) == pytest.approx(0.24 * 1.7**2 / (0.24 * 1.7**2 + 1))

"""Small grammars of sentences in which a pronoun must agree with the subject of the moment.

A subject is introduced, acts, is referred to by a pronoun, and may be replaced by another. Persons
are also seen and met, which makes them no subject. A name tells the sex, and so does a noun.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import TypeVar

import numpy as np

from lstm_viz.language import N_, _
from lstm_viz.rounded import interval, percent
from lstm_viz.run.trace import Trace
from lstm_viz.tasks.chart import Curves
from lstm_viz.tasks.facts import Fact, both_measures
from lstm_viz.tasks.held_out import drawn
from lstm_viz.tasks.loss import IGNORED, mean_loss
from lstm_viz.tasks.score import Learnt, Metrics, Score, of_starts
from lstm_viz.tasks.task import (
    MAX_STEPS,
    TEST,
    VALIDATION,
    Batch,
    Examined,
    Reads,
    Recipe,
    Sequence,
    Task,
)
from lstm_viz.tasks.units import unit_that_tells

T = TypeVar("T")

LONGEST_DISTANCE = 30  # words between, in what is trained on
LONGEST_EPISODE = 60
# How often a subject does up to so many things more, and is referred to up to so many times.
MORE = (0.6, 0.8, 0.9, 0.96)
REFERRED = (0.3, 0.8)
LEARNT_FROM = 8000  # episodes
MANY = 1000  # held-out episodes by which a network is judged
ALWAYS = 0.995  # right so often counts as always when networks are chosen
UP_TO = 12  # words between that the headline asks for
RIGHT = 0.99  # of the pronouns, from where on the task counts as learnt


@dataclass(frozen=True)
class Grammar:
    """``persons`` maps each pronoun to its persons; ``rules`` maps a name in capitals to its forms.

    A form is words and names of rules, separated by spaces. PREDICATE is what a subject does,
    AND_PREDICATE one thing more, PERSON anyone, BEGIN what may open a sentence, LINK what stands
    before a pronoun inside one, END the end.
    """

    persons: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[str, ...]]

    @cached_property
    def pronouns(self) -> tuple[str, ...]:
        return tuple(self.persons)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        forms = [form for forms in [*self.rules.values(), *self.persons.values()] for form in forms]
        words = [word for form in forms for word in form.split() if not self._is_rule(word)]
        return tuple(dict.fromkeys([*self.pronouns, *words]))

    @cached_property
    def heads(self) -> dict[str, str]:
        """The word that tells the sex of each person -> the pronoun."""
        return {p.split()[-1]: pronoun for pronoun, ps in self.persons.items() for p in ps}

    def _is_rule(self, word: str) -> bool:
        return word in self.rules or word == "PERSON"

    @cached_property
    def _forms(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The forms of every rule and the persons of every pronoun, word by word."""
        forms = {**self.rules, **self.persons}
        return {name: tuple(tuple(form.split()) for form in forms[name]) for name in forms}

    def _speak(self, rng: np.random.Generator, form: Iterable[str], said: list[str]) -> None:
        """Adds the words of a form to ``said``, every rule in it replaced by one of its forms."""
        for word in form:
            if word == "PERSON":
                said += self.person(rng, _one(rng, self.pronouns))
            elif word in self.rules:
                self._speak(rng, _one(rng, self._forms[word]), said)
            else:
                said.append(word)

    def person(self, rng: np.random.Generator, pronoun: str) -> tuple[str, ...]:
        return _one(rng, self._forms[pronoun])

    def sentence(
        self,
        rng: np.random.Generator,
        opening: tuple[str, ...],
        pronoun: str,
        more: int | None = None,
    ) -> list[str]:
        """One sentence: the subject acts, does ``more``, and is referred to, or not."""
        more = bisect(MORE, rng.random()) if more is None else more
        form = ["BEGIN", *opening, "PREDICATE", *["AND_PREDICATE"] * more]
        form += ["LINK", pronoun, "PREDICATE"] * bisect(REFERRED, rng.random())
        said: list[str] = []
        self._speak(rng, [*form, "END"], said)
        return said

    def episode(self, rng: np.random.Generator) -> Sequence:
        """Two to four sentences, the subject replaced in about three of five."""
        while True:
            pronoun = _one(rng, self.pronouns)
            words = self.sentence(rng, self.person(rng, pronoun), pronoun)
            for _more in range(rng.integers(1, 4)):
                if rng.random() < 0.6:
                    pronoun = _one(rng, self.pronouns)
                    opening = self.person(rng, pronoun)
                else:
                    opening = (pronoun,)
                words += self.sentence(rng, opening, pronoun)
            distances = (far for _, far, _ in self.references(tuple(words)))
            if len(words) <= LONGEST_EPISODE and max(distances, default=0) <= LONGEST_DISTANCE:
                return tuple(words)

    def stretched(self, rng: np.random.Generator) -> Sequence:
        """Two sentences and two subjects, who do far more than any in an episode."""
        words: list[str] = []
        for more in (0, int(rng.integers(2, 14))):
            pronoun = _one(rng, self.pronouns)
            words += self.sentence(rng, self.person(rng, pronoun), pronoun, more)
        return tuple(words) if len(words) <= MAX_STEPS else self.stretched(rng)

    def subjects(self, words: Sequence) -> list[tuple[int, str]]:
        """Every subject: the place of the word that tells its sex, and its pronoun."""
        return [
            (place, self.heads[word])
            for place, word in enumerate(words)
            if word in self.heads and self.is_subject(words, place)
        ]

    def references(self, words: Sequence) -> list[tuple[int, int, int]]:
        """Every pronoun: its place, words since the subject was last named, subjects before it.

        A pronoun names its subject, too.
        """
        subjects = [place for place, _ in self.subjects(words)]
        named, found = -1, []
        for place, word in enumerate(words):
            if word in self.persons:
                found.append((place, place - named - 1, sum(s < place for s in subjects)))
            if word in self.persons or place in subjects:
                named = place
        return found

    def by_last_person(self, words: Sequence) -> list[bool]:
        """For each pronoun, whether the last person spoken of, subject or not, has its sex."""
        heads, last, found = self.heads, "", []
        for word in words:
            if word in self.persons:
                found.append(last == word)
            last = word if word in self.persons else heads.get(word, last)
        return found

    def is_subject(self, words: Sequence, place: int) -> bool:
        """Whether the person at this place opens a sentence."""
        before = place - 1
        if before >= 0 and words[before] in self.articles:
            before -= 1
        return before < 0 or words[before] in self._openers

    @cached_property
    def articles(self) -> set[str]:
        """The words that may stand before a head word, such as "the"."""
        persons = (person.split() for ps in self.persons.values() for person in ps)
        return {word for person in persons for word in person[:-1]}

    @cached_property
    def _openers(self) -> set[str]:
        """The words after which a subject is named."""
        return set(" ".join(self.rules["END"] + self.rules["BEGIN"]).split())


def _one(rng: np.random.Generator, forms: tuple[T, ...]) -> T:
    return forms[int(rng.random() * len(forms))]  # rng.integers takes ten times as long


def subject_task(
    name: str,
    title: str,
    question: str,
    grammar: Grammar,
    examples: Mapping[str, str],
    read_text: Callable[[str, tuple[str, ...]], Sequence],
    between: str,
    recipe: Recipe,
    in_class: Recipe,
) -> Task:
    """The task of a grammar: say the next word, and of the pronouns the right one."""
    symbols = grammar.symbols
    shown = {key: read_text(text, symbols) for key, text in examples.items()}

    def draw(rng: np.random.Generator, size: int, held_out: bool) -> list[Sequence]:
        return drawn(grammar.episode, rng, size, held_out, shown.values())

    @cache
    def learnt_from() -> Batch:
        return task.steps(draw(np.random.default_rng(0), LEARNT_FROM, held_out=False))

    def batch(rng: np.random.Generator, size: int) -> Batch:
        inputs, targets = learnt_from()
        chosen = rng.integers(0, LEARNT_FROM, size)
        longest = int((targets[:, chosen] != IGNORED).sum(0).max())
        return inputs[:longest, chosen], targets[:longest, chosen]

    def right(sequence: Sequence, probabilities: np.ndarray) -> tuple[bool | None, ...]:
        """Before a pronoun: whether the subject's own is the more probable one."""
        places = [task.numbers[pronoun] for pronoun in grammar.pronouns]
        subjects = dict(grammar.subjects(sequence))
        answers: list[bool | None] = []
        subject = ""
        for place, following in enumerate(sequence[1:]):
            subject = subjects.get(place, subject)
            said = grammar.pronouns[int(np.argmax(probabilities[place, places]))]
            answers.append(said == subject if subject and following in grammar.persons else None)
        return (*answers, None)

    def held_out(rng: np.random.Generator, size: int) -> Batch:
        return task.steps(draw(rng, size, held_out=True))

    def pronouns_right(network: Reads, examined: Examined) -> float:
        del network
        places = [task.numbers[pronoun] for pronoun in grammar.pronouns]
        asked = np.isin(examined.targets, places)
        chosen = np.array(places)[examined.outputs[..., places].argmax(-1)]
        return float((chosen == examined.targets)[asked].mean())

    @cache
    def chosen_by() -> list[Sequence]:
        return draw(np.random.default_rng(VALIDATION), MANY, held_out=True)

    @cache
    def judged_on() -> list[Sequence]:
        """Held out, and none of those by which a network was chosen."""
        rng, others = np.random.default_rng(TEST), set(chosen_by())
        return drawn(grammar.episode, rng, MANY, True, shown.values(), without=others)

    @cache
    def far_apart(stream: int) -> list[Sequence]:
        rng = np.random.default_rng(stream + 1)
        return [grammar.stretched(rng) for _ in range(MANY // 2)]

    def judged(episodes: list[Sequence], probabilities: np.ndarray) -> list[tuple[int, int, bool]]:
        """For each pronoun the words between, the subjects so far, and whether it is right."""
        return [
            (between, subjects, bool(right(episode, probabilities[:, column])[place - 1]))
            for column, episode in enumerate(episodes)
            for place, between, subjects in grammar.references(episode)
        ]

    def measure(network: Reads, stream: int = TEST) -> Metrics:
        episodes, stretched = {TEST: judged_on, VALIDATION: chosen_by}[stream](), far_apart(stream)
        inputs, targets = task.steps(episodes)
        recording = network.record(inputs)
        probabilities = network.predictions(recording)
        near = judged(episodes, probabilities)
        far = judged(stretched, network.probabilities(task.steps(stretched)[0]))
        far = [each for each in far if each[0] > LONGEST_DISTANCE]
        distances: dict[int, list[bool]] = {}
        for between, _subjects, is_right in near + far:
            distances.setdefault(_grouped(between), []).append(is_right)
        judged_by = [
            is_right for between, subjects, is_right in near if subjects > 1 and between <= UP_TO
        ]
        return {
            "pronoun_accuracy": _share(judged_by),
            "interval": interval(sum(judged_by), len(judged_by)),
            "accuracy_by_distance": [
                [distance, _share(answers), len(answers)]
                for distance, answers in sorted(distances.items())
            ],
            "accuracy_beyond": _share(is_right for _, _, is_right in far),
            "nats_per_word": mean_loss(recording.output, targets),
            "memory_of_the_subject": memory_of_the_subject(
                grammar, recording[recording.layers - 1], episodes
            ),
        }

    def baselines() -> dict[str, float]:
        by_last = [right for episode in judged_on() for right in grammar.by_last_person(episode)]
        return {N_("a coin"): 0.5, N_("the last person named"): _share(by_last)}

    task = Task(
        name=name,
        title=title,
        question=question,
        symbols=symbols,
        examples=shown,
        batch=batch,
        held_out=held_out,
        metric=pronouns_right,
        measured=measure,
        validated=partial(measure, stream=VALIDATION),
        judged_on=lambda: task.steps(judged_on()),
        score=Score("pronoun_accuracy", N_("pronouns right"), "%", True, 1.0),
        baselines=baselines,
        knowing=lambda: _by_frequency(held_out),
        recipe=recipe,
        in_class=in_class,
        ships=True,
        facts=(subject_fact(grammar),),
        caption=(far_and_beyond, unit_of_the_lstm, starts),
        chart=by_distance,
        read_text=lambda text: read_text(text, symbols),
        is_right=right,
        emphasised=grammar.pronouns,
        preference=clearest,
        between=between,
    )
    return task


def subject_fact(grammar: Grammar) -> Fact:
    """Which of the two pronouns the subject of the moment has, as 1 and -1."""

    def of(words: Sequence) -> np.ndarray:
        values = np.full(len(words), np.nan)
        for place, pronoun in grammar.subjects(words):
            values[place:] = 1 if pronoun == grammar.pronouns[0] else -1
        return values

    def said(words: Sequence) -> list[tuple[int, int]]:
        """Every subject, from its article on where it has one."""
        return [
            (place - (place > 0 and words[place - 1] in grammar.articles), place)
            for place, _pronoun in grammar.subjects(words)
        ]

    return Fact(
        what=N_("who the sentence is about"),
        of=of,
        said=said,
    )


def _by_frequency(held_out: Callable[[np.random.Generator, int], Batch]) -> dict[str, float]:
    """The loss of one who knows nothing but how often each word is used."""
    counted = held_out(np.random.default_rng(3), 200)[1]
    tested = held_out(np.random.default_rng(4), 200)[1]
    counts = np.bincount(counted[counted != IGNORED]) + 1.0
    known = tested[(tested != IGNORED) & (tested < len(counts))]
    return {N_("how often each word is used"): float(-np.log(counts / counts.sum())[known].mean())}


def far_and_beyond(learnt: Learnt) -> str:
    """How often the LSTM is right at the headline's distance and beyond what it was trained for."""
    table = learnt.of("lstm").metrics["accuracy_by_distance"]
    right = {distance: round(share * count) for distance, share, count in table}
    cases = {distance: count for distance, _share, count in table}
    far = [distance for distance in cases if distance > LONGEST_DISTANCE]
    return _(
        "With {far} words between, the LSTM says the right pronoun in {near}; with more than "
        "{trained}, further than it was trained, in {beyond}."
    ).format(
        far=UP_TO,
        near=of_starts(right[UP_TO], cases[UP_TO]),
        trained=LONGEST_DISTANCE,
        beyond=of_starts(sum(right[each] for each in far), sum(cases[each] for each in far)),
    )


def unit_of_the_lstm(learnt: Learnt) -> str:
    """The LSTM's unit that holds the subject, by which measures, and what its gate does."""
    lstm = learnt.of("lstm")
    held, seen = lstm.holds[0], lstm.metrics["memory_of_the_subject"]
    if not held.is_held or held.unit != seen["unit"]:
        return _(
            "No unit of it alone holds {what}: unit {unit} tells it best, with a balanced accuracy "
            "of {tells} in {drawn} sequences; kept as it was, it turned {turned} of {cases} "
            "answers wrong."
        ).format(**both_measures(held))
    return _(
        "Its unit {unit} holds {what}: it tells it with a balanced accuracy of {tells} in {drawn} "
        "sequences, and kept as it was where that changed, it turned {turned} of {cases} answers "
        "wrong. "
        "{gate} is {between:.2f} on average, and {new:.2f} where a subject of the other sex is "
        "named."
    ).format(
        **both_measures(held),
        gate=lstm.cell.kept,
        between=seen["kept_between"],
        new=seen["kept_at_new"],
    )


def starts(learnt: Learnt) -> str:
    said = _(", ").join(
        _("{cell} {times}").format(
            cell=scored.title,
            times=of_starts(sum(share >= RIGHT for share in scored.of_seeds), len(scored.of_seeds)),
        )
        for scored in learnt.networks
    )
    return _("Random starts from which at least {right} were right: {starts}.").format(
        right=percent(RIGHT), starts=said
    )


def by_distance(learnt: Learnt) -> Curves:
    """How often the pronoun is right, over the words since its subject was last named."""
    tables = {s.cell.name: s.metrics["accuracy_by_distance"] for s in learnt.networks}
    return Curves(
        x_title=_("words between the subject and its pronoun"),
        y_title=_("pronouns right"),
        of={
            cell: ([far for far, _share, _count in table], [share for _far, share, _count in table])
            for cell, table in tables.items()
        },
        is_share=True,
        y_range=(0.0, 1.03),
        tick_step=20,
    )


def memory_of_the_subject(
    grammar: Grammar, trace: Trace, episodes: list[Sequence]
) -> dict[str, float]:
    """The unit whose memory tells the subject's sex best, and how it is kept.

    ``explained`` is the share of that memory's variance which the sex accounts for: 1 where it
    holds nothing else. ``kept_at_new`` is what multiplies the memory's past (f in the LSTM) while
    a subject of the other sex is named, over "the" and "queen" the product of both;
    ``kept_between`` is the mean of it over all other steps.
    """
    T, B, _ = trace["h"].shape
    sex = np.zeros((T, B))
    changes: list[tuple[slice, int]] = []  # (the words that name the new subject, episode)
    for column, episode in enumerate(episodes):
        before = ""
        for place, pronoun in grammar.subjects(episode):
            first = place - (episode[place - 1] in grammar.articles) if place else place
            if before not in ("", pronoun) and place < T:
                changes.append((slice(first, place + 1), column))
            sex[place : len(episode) - 1, column] = 1 if pronoun == grammar.pronouns[0] else -1
            before = pronoun
    memory = trace[trace.cell.memory or "h"]
    found = unit_that_tells(memory, sex > 0, sex != 0)
    hers, his = (memory[sex == sign, int(found["unit"])] for sign in (1, -1))
    found["explained"] = _explained(hers, his)
    if trace.cell.kept is not None:
        kept = trace.value(trace.cell.kept)[..., int(found["unit"])]
        between = sex != 0
        for words, column in changes:
            between[words, column] = False
        found["kept_between"] = float(kept[between].mean())
        found["kept_at_new"] = float(np.mean([kept[change].prod() for change in changes]))
    return found


def clearest(metrics: Metrics) -> float:
    """Of networks that are nearly always right, the one that remembers long and forgets visibly."""
    seen = metrics["memory_of_the_subject"]
    drop = seen.get("kept_between", 0) - seen.get("kept_at_new", 0)
    right = 10 * min(metrics["pronoun_accuracy"], ALWAYS)
    return float(right + metrics["accuracy_beyond"] + seen["explained"] * drop)


def _explained(one: np.ndarray, other: np.ndarray) -> float:
    """The share of the variance of both together that lies between their means."""
    inside = (one.var() * one.size + other.var() * other.size) / (one.size + other.size)
    total = np.concatenate([one, other]).var()
    return float(1 - inside / total) if total else 0.0


def _grouped(distance: int) -> int:
    """The distance itself up to 20, above that the middle of its ten."""
    return distance if distance <= 20 else (distance - 1) // 10 * 10 + 5


def _share(answers: Iterable[bool | None]) -> float:
    return float(np.mean([bool(answer) for answer in answers]))

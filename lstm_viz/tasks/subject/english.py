"""Who is the sentence about? She or he, until another subject takes over."""

from dataclasses import replace

from lstm_viz.language import N_
from lstm_viz.tasks.subject.grammar import Grammar, subject_task
from lstm_viz.tasks.task import Recipe
from lstm_viz.tasks.typed import words

GRAMMAR = Grammar(
    persons={
        "she": ("Anna", "Mary", "Lucy", "Emma", "the girl", "the queen"),
        "he": ("Tom", "John", "Peter", "Max", "the boy", "the king"),
    },
    rules={
        "BEGIN": ("", "", "then", "later"),
        "END": (".",),
        "LINK": ("and", "because", "while"),
        "PREDICATE": (
            "ACT",
            "ACT WHERE",
            "ACT WHERE WHEN",
            "DO OBJECT",
            "DO OBJECT WHERE",
            "DO OBJECT WHERE WHEN",
        ),
        "AND_PREDICATE": (", PREDICATE",),
        "ACT": ("laughed", "sang", "slept", "waited", "danced"),
        "DO": ("saw", "found", "liked", "painted"),
        "OBJECT": ("ARTICLE THING", "ARTICLE KIND THING", "PERSON"),
        "ARTICLE": ("a", "the"),
        "KIND": ("small", "red", "big"),
        "THING": ("bird", "dog", "tree", "book"),
        "WHERE": ("NEAR the PLACE", "NEAR the OLD PLACE"),
        "NEAR": ("in", "near", "behind"),
        "OLD": ("old", "quiet"),
        "PLACE": ("garden", "house", "river", "forest"),
        "WHEN": ("today", "yesterday", "again"),
    },
)

RECIPE = Recipe(hidden=12, embedding=8, steps=2500, learning_rate=0.02, emphasis=30)

TASK = subject_task(
    name="subject",
    title=N_("The subject of the sentence"),
    question=N_("Does the network remember who the sentence is about, and forget it in time?"),
    grammar=GRAMMAR,
    examples={
        N_("A new subject"): "Anna saw a small bird in the garden and she laughed . "
        "later Tom waited near the river because he liked the quiet garden .",
        N_("Twelve words between"): "John slept . then the queen found a red book , painted a "
        "tree in the garden and she sang .",
        N_("Three subjects"): "the boy danced and he sang . Lucy liked the red bird near the house "
        "because she waited . then Max slept in the forest while he waited .",
        N_("Seen, but no subject"): "Emma saw Peter in the garden and she laughed . then she found "
        "the king near the river because she waited .",
        N_("The same again"): "Tom waited in the forest and he slept . then Max found a dog while "
        "he danced . later John sang because he liked the small tree .",
    },
    read_text=words,
    between=" ",
    recipe=RECIPE,
    in_class=replace(RECIPE, steps=900),
)

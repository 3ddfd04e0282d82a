"""What the browser is sent of a lesson: one step beside its page, and the list of lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from lstm_viz.language import _, ngettext
from lstm_viz.lessons.glossary import glossary
from lstm_viz.lessons.lesson import COMPUTED, LINK, Lesson, LessonError, Step, Text, said
from lstm_viz.lessons.measures import (
    Condition,
    Guess,
    Reply,
    addressed,
    condition,
    filled,
    number,
    place,
    replies,
    scene_of,
)
from lstm_viz.lessons.screen import READING, VALVES, NothingToAsk, Screen
from lstm_viz.stage.payload_types import (
    CourseLesson,
    CoursePayload,
    Door,
    GlossaryEntry,
    LessonCondition,
    LessonPart,
    LessonPayload,
    LessonWords,
)

COURSE_PAGE = "lessons"
MEASURED = ("gradients", "train")  # pages whose curves show what is asked of them


def link(page: str, names: Mapping[str, str], lesson: str = "") -> str:
    """The address of a page of the app, relative to all of them."""
    said_there = {**names, "lesson": lesson} if lesson else dict(names)
    return f"{page}?{urlencode(said_there)}" if said_there else page


def step_link(lesson: Lesson, number: int) -> str:
    """The address of a step, counted from 1, with its scene."""
    step = lesson.steps[number - 1]
    return link(step.page, scene_of(step), f"{lesson.key}.{number}")


def parts(text: str) -> list[list[LessonPart]]:
    """A text as paragraphs of parts: ``[word]`` and ``[shown|word]`` are words of the glossary."""
    found = []
    for paragraph in text.strip().split("\n\n"):
        line, pieces, at = " ".join(paragraph.split()), list[LessonPart](), 0
        for mark in LINK.finditer(line):
            word = (mark[2] or mark[1]).lower()
            if word in glossary():
                pieces.append({"text": line[at : mark.start()], "word": ""})
                pieces.append({"text": mark[1], "word": word})
                at = mark.end()
        pieces.append({"text": line[at:], "word": ""})
        found.append([piece for piece in pieces if piece["text"]])
    return found


def screen_of(step: Step, page: str, names: Mapping[str, str]) -> Screen:
    """What is on the screen where the page is the step's own, else what its scene would show."""
    return Screen(page, names) if page == step.page else Screen(step.page, scene_of(step))


def conditions(step: Step, screen: Screen) -> list[Condition]:
    """What the address has to say for the step to be done."""
    return [
        condition(screen, name, wanted)
        for name, wanted in step.do.items()
        if not COMPUTED.fullmatch(name)
    ]


def numbers_met(step: Step, screen: Screen) -> bool:
    """Whether the run has the numbers that the step asks for."""
    return all(
        condition(screen, name, wanted).holds(repr(number(screen, name)))
        for name, wanted in step.do.items()
        if COMPUTED.fullmatch(name)
    )


def shown_address(step: Step, screen: Screen) -> dict[str, str]:
    """An address at which the step is done."""
    scene = scene_of(step)
    if step.show:
        return scene | {name: addressed(screen, name, text) for name, text in step.show.items()}
    return scene | {one.name: one.met() for one in conditions(step, screen)}


def lesson_payload(
    lesson: Lesson,
    number: int,
    page: str,
    names: Mapping[str, str],
    usual: Mapping[str, str],
) -> LessonPayload:
    """One step, counted from 1, beside the page whose address says ``names``.

    ``usual`` is what the page's address means where it says nothing.
    """
    step = lesson.steps[number - 1]
    screen = screen_of(step, page, names)
    found: tuple[Reply, ...] | Guess = ()
    trouble, wanted, met, show = "", list[Condition](), True, ""
    t = _focus(step, screen)
    try:
        if step.ask:
            found = replies(screen, step.ask, t or 0)
        wanted, met = conditions(step, screen), numbers_met(step, screen)
        show = link(step.page, shown_address(step, screen), f"{lesson.key}.{number}")
    except NothingToAsk as problem:
        trouble, met = str(problem), False
    texts = {
        name: parts(_filled(text, screen, t)) if text else []
        for name, text in (("text", step.text), ("hint", step.hint), ("reply", step.reply))
    }
    words = {part["word"] for text in texts.values() for line in text for part in line}
    last = number == len(lesson.steps)
    return {
        "key": lesson.key,
        "title": said(lesson.title),
        "number": number,
        "count": len(lesson.steps),
        "text": texts["text"],
        "hint": texts["hint"],
        "reply": texts["reply"],
        "question": _filled(step.ask.question, screen, t) if step.ask else "",
        "replies": [
            {"label": one.label, "told": one.told, "right": one.right}
            for one in (found if isinstance(found, tuple) else ())
        ],
        "guess": (
            {
                "value": found.value,
                "low": found.low,
                "high": found.high,
                "by": found.by,
                "within": found.within,
            }
            if isinstance(found, Guess)
            else None
        ),
        "asks": sorted(VALVES) if page == step.page == "valves" and step.ask else [],
        "hides": hidden(step),
        "hides_from": t + 1 if t is not None and hidden(step) == "values" else 0,
        "conditions": [_sent(one, usual) for one in wanted],
        "met": met,
        "is_here": page == step.page,
        "trouble": trouble,
        "scene": step_link(lesson, number),
        "show": show if step.do else "",
        "back": step_link(lesson, number - 1) if number > 1 else "",
        "next": COURSE_PAGE if last else step_link(lesson, number + 1),
        "glossary": {word: _entry(word) for word in sorted(words) if word},
        "words": _words(),
    }


def hidden(step: Step) -> str:
    """What of the page would answer its question: see LessonPayload."""
    kind = step.ask.kind if step.ask else ""
    if kind == "answer":
        return "guesses"
    if kind == "number" and step.page in READING:
        return "values"
    return "results" if kind in ("number", "cell") and step.page in MEASURED else ""


def _focus(step: Step, screen: Screen) -> int | None:
    """The step of which the texts speak; None where no network reads."""
    if screen.page not in READING:
        return None
    try:
        return place(screen, step.at)
    except NothingToAsk:
        return screen.caption.t


def _filled(text: Text, screen: Screen, t: int | None) -> str:
    """A text with its numbers; one that the run does not have stays a dash."""
    try:
        return filled(text, screen, t)
    except NothingToAsk:
        return filled({"en": _without_numbers(text)}, screen, t)


def _without_numbers(text: Text) -> str:
    plain = said(text)
    while "{" in plain and "}" in plain[plain.index("{") :]:
        start = plain.index("{")
        plain = f"{plain[:start]}–{plain[plain.index('}', start) + 1 :]}"
    return plain


def _sent(one: Condition, usual: Mapping[str, str]) -> LessonCondition:
    ends = [] if one.low is None or one.high is None else [one.low, one.high]
    return {
        "name": one.name,
        "texts": list(one.texts),
        "range": ends,
        "usual": usual.get(one.name, ""),
    }


def _entry(word: str) -> GlossaryEntry:
    found = glossary()[word]
    return {"word": said(found.word), "said": said(found.said), "seen": found.seen}


def course_payload(
    lessons: Iterable[Lesson], doors: Iterable[Door] = (), listed: bool = True, to: str = ""
) -> CoursePayload:
    """The list of lessons, and the doors above it; or nothing but where ``to`` go."""
    return {
        "page": COURSE_PAGE,
        "to": to,
        "doors": list(doors),
        "lessons": [_listed(lesson) for lesson in lessons],
        "listed": listed,
        "words": {
            "resume": _("Go on where you left off: {title}, step {step} of {steps}"),
            "done": _("done"),
            "begun": _("step {step} of {steps}"),
        },
    }


def _listed(lesson: Lesson) -> CourseLesson:
    return {
        "key": lesson.key,
        "title": said(lesson.title),
        "goal": said(lesson.goal),
        "minutes": ngettext("{count} minute", "{count} minutes", lesson.minutes).format(
            count=lesson.minutes
        ),
        "steps": len(lesson.steps),
    }


def check(lesson: Lesson) -> None:
    """Works out every step as it would open. Raises LessonError where the run has no answer."""
    for place_of, step in enumerate(lesson.steps, start=1):
        found = lesson_payload(lesson, place_of, step.page, scene_of(step), {})
        if found["trouble"]:
            raise LessonError(
                _("step {number}: {problem}").format(number=place_of, problem=found["trouble"])
            )


def _words() -> LessonWords:
    return {
        "step": _("step {step} of {steps}"),
        "back": _("Previous"),
        "next": _("Next"),
        "skip": _("Skip"),
        "finish": _("Finish"),
        "hint": _("Hint"),
        "show": _("Show me"),
        "scene": _("Back to the scene of this step"),
        "leave": _("Leave the lesson"),
        "fold": _("Fold the lesson away"),
        "unfold": _("Unfold the lesson"),
        "answer": _("Answer"),
        "guessed": _("You said {guess}; it is {value}. Off by {off}."),
        "right": _("Right."),
        "wrong": _("Not that one."),
        "done": _("Done."),
        "to_do": _("Do it in the picture; it is noticed."),
        "see": _("See it"),
        "close": _("Close"),
    }

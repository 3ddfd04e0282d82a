"""What a run of training is asked for: checked, bounded, and the same whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.cells.titles import cell_of, key_of
from lstm_viz.jobs.settings import Choice, Real, Rule, Text, Whole, checked
from lstm_viz.language import _
from lstm_viz.networks.network import load, shipped
from lstm_viz.run.weights import keep_bias
from lstm_viz.tasks import TASKS, Recipe, Task, read_forward, task_of
from lstm_viz.training.estimate import estimate

VERSION = "3"  # another one when the same settings no longer give the same run
MOST_SECONDS = 300  # of work, by estimate
TRAINED = "trained "  # and a cell's name: its shipped network's weights, wherever they fit
STARTS = ("plain", "orthogonal", "forget", "chrono", *(f"{TRAINED}{name}" for name in CELLS))
OPTIMISERS = ("adam", "rmsprop", "sgd")


class Settings(TypedDict):
    """Checked: what determines every number of a run."""

    task: str
    size: int
    material: str
    cell: str
    hidden: int
    steps: int
    batch: int
    learning_rate: float
    optimiser: str
    clip: float | None
    start: str
    forget_bias: float
    seed: int


# Whatever is learnt.
RULES: Mapping[str, Rule] = {
    "cell": Text(MAX_CHARACTERS),  # as ``cell_of`` knows it
    "hidden": Whole(1, 128),
    "steps": Whole(10, 20_000),
    "batch": Whole(1, 128),
    "learning_rate": Real(1e-6, 10),
    "optimiser": Choice(OPTIMISERS),
    "clip": Real(1e-3, 1e3, optional=True),
    "start": Choice(STARTS),
    "forget_bias": Real(-20, 20),
    "seed": Whole(0, 1_000_000),
}


def rules() -> Mapping[str, Rule]:
    """What a run may be asked for, in the order in which it is stored."""
    longest = max(task.material.longest for task in TASKS.values() if task.material)
    return {
        "task": Choice(read_forward()),
        "size": Whole(0, 200),
        "material": Text(longest),
        **RULES,
    }


def checked_settings(given: object) -> Settings:
    """The settings as they are stored. Raises ValueError in words."""
    found = checked(given, rules())
    for name, rule in RULES.items():
        value = found[name]
        if isinstance(rule, Real) and isinstance(value, int):
            found[name] = float(value)  # 1 and 1.0 are the same run
    settings = as_checked(found)
    settings["cell"] = key_of(cell_of(settings["cell"]))
    of_material = TASKS[settings["task"]].material is not None
    if not of_material and settings["material"]:
        raise ValueError(_("This task needs no text of yours."))
    if of_material and settings["size"]:
        raise ValueError(_("This task has no size of its own; it is as long as your text."))
    task_in(settings)  # raises for a size or a text that is not the task's
    base = base_of(settings)
    if base:
        _check_base(base, settings)
    elif settings["start"] in ("forget", "chrono") and not can_start_biased(settings["cell"]):
        settings["start"] = "plain"  # nothing to be biased: the same run
    if settings["start"] != "forget":
        settings["forget_bias"] = 0.0
    seconds = seconds_of_work(settings)
    if seconds > MOST_SECONDS:
        raise ValueError(
            _(
                "That is about {seconds:.0f} minutes of work; at most {most_seconds:.0f} are "
                "given to a run. Take fewer steps, units or sequences."
            ).format(seconds=seconds / 60, most_seconds=MOST_SECONDS / 60)
        )
    return settings


def as_checked(stored: Mapping[str, object]) -> Settings:
    """Settings that were checked before they were stored, by their type."""
    return cast(Settings, stored)


def seconds_of_work(settings: Settings) -> float:
    """About how many seconds of one core the run will take."""
    asked = settings["hidden"], settings["batch"], settings["steps"]
    return estimate(task_in(settings), cell_in(settings), *asked)


def _check_base(base: str, settings: Settings) -> None:
    if (settings["task"], base) not in shipped():
        raise ValueError(_("No network with this cell has been trained for this task."))
    units = load(settings["task"], base).hidden
    if settings["hidden"] != units:
        raise ValueError(
            _("The trained network has {count} units; to go on from it, take as many.").format(
                count=units
            )
        )


def base_of(settings: Settings) -> str:
    """The cell whose trained network a run goes on from, "" for one that starts anew."""
    start = settings["start"]
    return start.removeprefix(TRAINED) if start.startswith(TRAINED) else ""


def task_in(settings: Settings) -> Task:
    return task_of(settings["task"], settings["size"], settings["material"])


def cell_in(settings: Settings) -> Cell:
    return cell_of(settings["cell"])


def can_start_biased(cell: str) -> bool:
    """Whether the cell has a gate whose bias says how much of the memory is kept."""
    return keep_bias(cell_of(cell)) is not None


def usual(name: str, cell: str = "lstm", material: str = "", seed: int = 0) -> Settings:
    """The settings with which this task is learnt if nobody wants otherwise."""
    task = task_of(name, material=material)
    recipe = task.in_class_recipe
    start = "chrono" if task.chrono else "plain" if recipe.forget_bias is None else "forget"
    return checked_settings(
        {
            "task": name,
            "size": task.size.value if task.size else 0,
            "material": material,
            "cell": cell,
            "hidden": recipe.hidden,
            "steps": recipe.steps,
            "batch": recipe.batch,
            "learning_rate": recipe.learning_rate,
            "optimiser": "adam",
            "clip": recipe.clip,
            "start": start,
            "forget_bias": recipe.forget_bias or 0.0,
            "seed": seed,
        }
    )


def recipe_of(settings: Settings, task: Task) -> Recipe:
    """The settings as ``training.train`` has them; clipping at infinity is none."""
    clip = settings["clip"]
    return Recipe(
        hidden=settings["hidden"],
        embedding=task.recipe.embedding,
        steps=settings["steps"],
        batch=settings["batch"],
        learning_rate=settings["learning_rate"],
        clip=float("inf") if clip is None else clip,
        forget_bias=settings["forget_bias"] if settings["start"] == "forget" else None,
        penalty=task.recipe.penalty,
        # It helps to find the emphasised symbols; who goes on from a trained network knows them.
        emphasis=1 if base_of(settings) else task.recipe.emphasis,
        seed=settings["seed"],
    )


def chrono_of(settings: Settings, task: Task) -> float | None:
    """The longest time lag for which the starting weights are made, None for other starts."""
    if settings["start"] != "chrono":
        return None
    return max(3.0, task.chrono or 100.0)

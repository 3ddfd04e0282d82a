"""The runs that the address of the Train page names: started, stopped, watched, compared."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import secrets
import time
from collections.abc import Mapping

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.titles import title_of
from lstm_viz.counted import seconds, steps, units
from lstm_viz.figures import training as figures
from lstm_viz.jobs import Job, State
from lstm_viz.jobs.client import NOT_YOURS
from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.edited_cell import Edited
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.seen import share_said
from lstm_viz.training.finished import finished
from lstm_viz.training.run_folder import RECORD, Record, Run, origin
from lstm_viz.training.runs import jobs
from lstm_viz.training.runs import run as find_run
from lstm_viz.training.settings import Settings, base_of, cell_in
from lstm_viz.ui import address, without_torch
from lstm_viz.ui.figure import is_dark_page
from lstm_viz.ui.train.reached import in_words
from lstm_viz.ui.train.settings import seconds_of, start_of
from lstm_viz.words.outcome import Compared, outcome_said, start_said

REWIND = N_("Begins again: the same first weights, the same seed, and bit for bit the same run.")
PICTURES = 3  # beside each other
RESTING = (State.STOPPED, State.LOST, State.FAILED)  # what has not come to its end, and can go on
_SESSION = "watching as"


def session() -> str:
    """Who is here: this browser, so that a reload or a second tab is nobody else.

    It is by the secret in Streamlit's own cookie, which only this browser has and which lasts
    (``web/answers.py``). What was begun here is its; nothing else can be told to be. Without a
    cookie it is this page, until it is left.
    """
    browser = _browser()
    if browser:
        return hashlib.sha256(browser).hexdigest()[:16]
    return str(st.session_state.setdefault(_SESSION, secrets.token_hex(8)))


def _browser() -> bytes | None:
    return _of_cookie(st.context.cookies.get("_streamlit_xsrf"))


def _whose_places() -> dict[str, str]:
    """Whose places in the queue and on the disk a run takes; all without a cookie are one."""
    address = st.context.ip_address
    address = address if isinstance(address, str) else ""  # None on this machine itself
    return {"address": address, "places": "" if _browser() else f"no cookie {address}"}


def _of_cookie(cookie: object) -> bytes | None:
    """What stays the same in the cookie by which Streamlit knows a browser.

    It is "2|mask|token|time": the token is sent under another mask each time.
    """
    parts = cookie.split("|") if isinstance(cookie, str) else []
    try:
        mask, token = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return None
    return bytes(byte ^ mask[k % len(mask)] for k, byte in enumerate(token)) if mask else None


def runs() -> list[str]:
    """The runs that the address names, those that there are."""
    return [name for name in _named() if settings_of(name) is not None]


def settings_of(name: str) -> Settings | None:
    """What a run was asked for, one of this server or one that was shipped; None without one."""
    job = look(name)
    if job is not None:
        return job.settings
    run = finished().get(name)
    return run.settings if run else None


def _named() -> list[str]:
    return [job for job in address.value("runs")[0].split(",") if job]


def tell_missing() -> None:
    """Says so where nothing can be trained, and where the address names runs that are not here."""
    if without_torch.is_missing():
        st.info(without_torch.trains_not())
    if count := len(_named()) - len(runs()):
        st.info(
            ngettext(
                "The run in this address is not here: "
                "it was deleted, or is kept on another server.",
                "{count} runs in this address are not here: "
                "they were deleted, or are kept on another server.",
                count,
            ).format(count=count)
        )


def tell_which(shown: list[str], asked: list[Settings]) -> None:
    """Whose the curves below are, where something else is chosen above."""
    tasks = {settings["task"] for name in shown if (settings := settings_of(name))}
    wanted = {settings["task"] for settings in asked}
    if tasks and wanted and not tasks & wanted:
        st.info(
            _("Below are still the runs of “{shown}”; “Train” begins those of “{asked}”.").format(
                shown=_(", ").join(_(TASKS[task].title) for task in sorted(tasks)),
                asked=_(", ").join(_(TASKS[task].title) for task in sorted(wanted)),
            )
        )


def warm_up() -> None:
    """Have workers ready by the time someone presses Train; where none can be, say so then."""
    if without_torch.is_missing():
        return
    with contextlib.suppress(OSError):
        jobs().open()


def look(job: str) -> Job[Settings] | None:
    client = jobs()
    return client.look(job) if client.folder.exists() else None


def buttons(asked: list[Settings], shown: list[str]) -> None:
    """Train, Stop, Resume, Rewind, Delete, as far as they apply to the runs that are shown.

    Train only where it would begin something else; what ends or deletes something is offered for
    runs that were begun here.
    """
    found = {name: job for name in shown if (job := look(name))}
    own = [name for name, job in found.items() if job.owner == session()]
    alive = [name for name, job in found.items() if job.state.is_alive]
    resting = [name for name, job in found.items() if job.state in RESTING]
    is_new = bool(asked) and [jobs().name(settings) for settings in asked] != list(found)
    can_train = not without_torch.is_missing()
    train = is_new and st.button(
        _("Train"), type="primary", disabled=not can_train, help=_about(asked)
    )
    stop = bool(set(alive) & set(own)) and st.button(_("Stop"))
    resume = can_train and bool(resting) and st.button(_("Resume"))
    rewind = can_train and bool(own) and not alive and st.button(_("Rewind"), help=_(REWIND))
    delete = bool(own) and not alive and _delete()
    if len(own) < len(found):
        st.caption(_(NOT_YOURS))
    if train:
        _submit(asked)
    if stop:
        _stop([name for name in alive if name in own])
    if resume or rewind:
        _submit_again([found[name].settings for name in (resting if resume else own)], rewind)
    if delete:
        _forget(own, [name for name in shown if name not in own])


def _about(asked: list[Settings]) -> str:
    return _("About {seconds} on one core.").format(seconds=seconds(seconds_of(asked)))


def _delete() -> bool:
    with st.popover(_("Delete")):
        st.write(_("Curves and weights are deleted for everybody who has this address."))
        return st.button(_("Delete for good"))


def submitted(asked: list[Settings], afresh: bool = False) -> list[str]:
    """The names of the runs that are waiting now; what is refused is said on the page."""
    names: list[str] = []
    if without_torch.is_missing():
        st.error(without_torch.trains_not())
        return names
    try:
        for settings in asked:
            is_private = bool(settings["material"])
            names.append(
                jobs().submit(
                    settings, session(), private=is_private, afresh=afresh, **_whose_places()
                )
            )
    except (ValueError, OSError) as problem:
        st.error(str(problem))
    return names


def _submit(asked: list[Settings]) -> None:
    if names := submitted(asked):
        address.put("runs", ",".join(names))
        st.rerun()


def _submit_again(asked: list[Settings], afresh: bool) -> None:
    """Runs that the address names already."""
    if submitted(asked, afresh):
        st.rerun()


def _stop(shown: list[str]) -> None:
    others = max(jobs().stop(name, session()) for name in shown)
    if others:
        st.toast(
            ngettext(
                "It goes on for {count} other who is watching.",
                "It goes on for {count} others who are watching.",
                others,
            ).format(count=others)
        )
    time.sleep(0.3)  # a worker hears of it within a step
    st.rerun()


def _forget(gone: list[str], others: list[str]) -> None:
    for name in gone:
        jobs().delete(name, session())
    address.put("runs", ",".join(others))
    st.rerun()


def progress(shown: list[str], is_alive: bool) -> None:
    """What has come of each run, renewed every few seconds while one is alive; and how far those
    are that have not come to their end."""
    if not shown:
        return
    pause = st.session_state.setdefault("pause", random.uniform(2.0, 3.0))  # a class spreads out
    st.fragment(in_words(_panel), run_every=pause if is_alive else None)(shown, is_alive)


def any_alive(shown: list[str]) -> bool:
    return any((job := look(name)) and job.state.is_alive for name in shown)


def _panel(shown: list[str], was_alive: bool) -> None:
    watched = {name: job for name in shown if (job := jobs().watch(name, session()))}
    found = {name: run for name in shown if (run := find_run(name))}
    for name, run in found.items():
        job = watched.get(name)
        if job is not None and job.state is not State.DONE:
            _state(job, run, label_of(run, found))
        _warnings(run)
    _results(found)
    if was_alive:
        losses(list(found))
        if not any(job.state.is_alive for job in watched.values()):
            st.rerun()


def _title(settings: Settings) -> str:
    title, base = title_of(cell_in(settings)), base_of(settings)
    if not base:
        return title
    return _("{cell}, from the trained {base}").format(cell=title, base=_(CELLS[base].title))


def label_of(run: Run, among: Mapping[str, Run]) -> str:
    title = _title(run.settings)
    if _starts_differ(run, among):
        title = _("{cell}, start: {start}").format(cell=title, start=start_of(run.settings))
    if len({other.settings["seed"] for other in among.values()}) > 1:
        return _("{cell}, seed {seed}").format(cell=title, seed=run.settings["seed"])
    return title


def _starts_differ(run: Run, among: Mapping[str, Run]) -> bool:
    """Whether another run of the same cell started otherwise."""
    return any(
        other.settings["cell"] == run.settings["cell"]
        and start_of(other.settings) != start_of(run.settings)
        for other in among.values()
    )


def _seen_said(records: list[Record]) -> str:
    """How much of what they are examined on was trained on: of the runs, the largest share."""
    most = max(records, key=lambda record: record.seen)
    return share_said(most.seen, most.examined)


def _state(job: Job[Settings], run: Run | None, label: str) -> None:
    record = run.record if run else None
    done, total = (record.done if record else 0), job.settings["steps"]
    match job.state:
        case State.QUEUED:
            done = 0 if done == total else done  # it was done, and begins again
            before = jobs().place(job.id) or 0
            text = ngettext("{count} run is before it", "{count} runs are before it", before)
            text = _("waiting, it is the next") if before == 0 else text.format(count=before)
        case State.RUNNING if record is None or not done:
            text = _("starting")
        case State.RUNNING if record is not None:
            text = _("{done} of {total} steps, {speed} a second, about {left} s left").format(
                done=done,
                total=total,
                speed=round(record.speed),
                left=max(1, round((total - done) / max(record.speed, 1e-9))),
            )
        case State.STOPPED:
            text = _("stopped after {done} of {total} steps").format(done=done, total=total)
            text += f". {job.why}" if job.why else ""
        case State.LOST:
            text = _("its process ended after {steps}; Resume goes on").format(steps=steps(done))
        case _:
            text = _("failed: {why}").format(why=job.why)
    st.progress(
        min(1.0, done / total), _("{name}: {what}").format(name=label, what=text) if label else text
    )


def _warnings(run: Run) -> None:
    if run.record is not None and run.record.diverged is not None:
        st.warning(_diverged(run.record, run))
    if run.damaged:
        st.warning(_("Damaged and left out: {files}").format(files=_(", ").join(run.damaged)))


def _diverged(record: Record, run: Run | None) -> str:
    assert record.diverged is not None
    return _(
        "After step {step} the loss was no number any more; the last gradient norm was {norm:.3g}. "
        "The weights of step {kept} are kept. A smaller learning rate or clipping at 1 will help."
    ).format(
        step=record.diverged.step,
        norm=record.diverged.norm,
        kept=max(run.kept) if run and run.kept else 0,
    )


def losses(shown: list[str]) -> None:
    """The loss of every run, in training and on what is held out, in one figure."""
    found = {name: run for name in shown if (run := find_run(name)) and run.record is not None}
    if not found:
        return
    runs, records = list(found.values()), _records(found)
    task, is_dark = runs[0].task, is_dark_page()
    unit = _("nats an answer") if task.choices else _("squared error, scaled")
    st.markdown("**" + _("Loss") + "**")
    chart(figures.loss([_line_of(run, found) for run in runs], unit, is_dark), "loss", _("Loss"))
    said = [_("Thin: on what is trained on. With dots: on what is held out."), _seen_said(records)]
    if task.best == 0:
        said.append(_("The best possible loss is 0."))
    st.caption(" ".join(said))


def _records(found: Mapping[str, Run]) -> list[Record]:
    return [run.record for run in found.values() if run.record is not None]


def _line_of(run: Run, found: Mapping[str, Run]) -> figures.RunLine:
    assert run.record is not None
    is_plain = _starts_differ(run, found) and run.settings["start"] == "plain"
    dash = "dash" if is_plain else "solid"
    return figures.RunLine(label_of(run, found), cell_in(run.settings), run.record, dash)


def _results(found: Mapping[str, Run]) -> None:
    """What the runs show together, then a picture a run: how its score went, and its verdict."""
    known = {name: run for name, run in found.items() if run.record and len(run.record.metric)}
    if not known:
        return
    runs = list(known.values())
    compared = [
        Compared(cell_in(run.settings), start_of(run.settings), run.record)
        for run in runs
        if run.record is not None
    ]
    if said := start_said(runs[0].task, compared):
        st.markdown(f"**{said}**")
    last = max(record.done for record in _records(known))
    for first in range(0, len(runs), PICTURES):
        for column, run in zip(st.columns(PICTURES), runs[first : first + PICTURES], strict=False):
            with column:
                _result(run, known, last)
    if len(runs) > 1 and len({run.settings["seed"] for run in runs}) == 1:
        st.caption(_("One seed is one seed: a difference may be luck. Three seeds say more."))


def _result(run: Run, among: Mapping[str, Run], last: int) -> None:
    """Parameters, validation loss and metric as they are now, and how the metric went."""
    score, record = run.task.watch.score, run.record
    assert record is not None
    st.markdown(
        _("**{run}**: {metric} {value}").format(
            run=label_of(run, among),
            metric=_(score.label),
            value=score.written(record.metric[-1]),
        )
    )
    is_share = score.unit == "%"
    unit = "" if is_share or not score.unit else f", {_(score.unit)}"
    line = _line_of(run, among)
    title = f"{_(score.label)}{unit}"
    chart(
        figures.picture(line, title, is_share, last, is_dark_page()), f"picture {run.name}", title
    )
    said = [
        outcome_said(run.task, record),
        _(
            "Loss {loss:.4f}, {count} parameters (added biases once), {done} training steps in "
            "{seconds} s."
        ).format(
            loss=record.validation[-1],
            count=f"{record.parameters:,}",
            done=record.done,
            seconds=round(record.seconds, 1),
        ),
        _("Starting weights: {start}.").format(start=start_of(run.settings)),
    ]
    if found := origin(run.settings):
        said.append(_origin_said(found, f"{_(score.label)} {score.written(record.metric[0])}"))
    st.caption(" ".join(said))


def _origin_said(found: Edited, metric: str) -> str:
    """Where a run's weights come from, and what they were worth before its first step."""
    assert found.base is not None
    return _(
        "It started from the weights of the trained {base}: in the cell {kept} of {all} kept, new "
        "and untrained: {fresh}; around it all kept. Before the first step: {metric}."
    ).format(
        metric=metric,
        base=title_of(found.base),
        kept=len(found.kept),
        all=len(found.kept) + len(found.fresh),
        fresh=_(", ").join(found.fresh) or _("none"),
    )


def chart(figure: Mapping[str, object], key: str, said: str) -> None:
    """The figure; ``said`` is what it is called where it is not seen."""
    st.plotly_chart(
        figures.checked(json.dumps(figure)),
        key=key,
        theme=None,
        config={"displayModeBar": False},
        alt=said,
    )


def listed() -> None:
    """The runs kept on this server, each a link."""
    kept = jobs().listed(30)
    if not kept:
        return
    with st.expander(_("Runs kept on this server")):
        for job in kept:
            there = (jobs().place_of(job.id) / RECORD).exists()
            label = _("{task}, {cell}, {units}, seed {seed}, {steps}").format(
                task=_(TASKS[job.settings["task"]].title),
                cell=_title(job.settings),
                units=units(job.settings["hidden"]),
                seed=job.settings["seed"],
                steps=steps(job.settings["steps"]),
            )
            if there and st.button(label, key=f"open {job.id}", type="tertiary"):
                address.put("runs", job.id)
                st.rerun()

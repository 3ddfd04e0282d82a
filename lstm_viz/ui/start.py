"""What happens once, when the app's process starts, before anyone is let in."""

import asyncio.base_events
import inspect
import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module

import streamlit as st

from lstm_viz import environment, language
from lstm_viz.cells import CELLS
from lstm_viz.stage.scene import scene
from lstm_viz.ui import log
from lstm_viz.ui.session_language import session_language

LOG = logging.getLogger("lstm_viz.start")

# What the first page imports.
FIRST_PAGE = (
    "lstm_viz.ui.cached_reading",
    "lstm_viz.ui.exports",
    "lstm_viz.ui.proof",
)
FIRST_CELL = "lstm"

# Plotly looks for pandas' classes as soon as any thread has begun to import it, and finds half of
# them: the first two visitors at once would see an error. So it is there before both.
WHOLE = ("pandas",)

# Each open page holds four files; many machines allow 256 a process, which is 63 students.
OPEN_FILES = 8192


@asynccontextmanager
async def prepared_process(app: st.App) -> AsyncIterator[None]:
    """The lifespan of the app: everything below, then the visitors."""
    del app
    for complaint in environment.complaints():
        LOG.error(complaint)
    for complaint in complaints({name: st.get_option(name) for name in SETTINGS}):
        LOG.error(complaint)
    log.bound()
    raise_open_files_limit()
    send_small_messages_at_once()
    language.ask(session_language)
    get_ready_for_the_first_visitor()
    yield


def get_ready_for_the_first_visitor() -> None:
    """What takes long the first time is done before anyone waits for it: imports, and a drawing.

    Before a process draws its first element, Streamlit looks at the stack, to see whether it runs
    in a shell. Python then looks up the file of every module, and remembers them.
    """
    for module in (*FIRST_PAGE, *WHOLE):
        import_module(module)
    scene(CELLS[FIRST_CELL])
    inspect.stack()


# Option -> what it must satisfy, what it is for. The file that sets them: .streamlit/config.toml
SETTINGS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "runner.postScriptGC": (
        lambda value: value is False,
        "must be false: a garbage collection after every run makes 100 students wait for seconds",
    ),
    "server.fileWatcherType": (
        lambda value: value == "none",
        'must be "none" in class: the watcher walks every module for each visitor who joins',
    ),
    "server.maxUploadSize": (
        lambda value: isinstance(value, int) and value <= 32,
        "must be at most 32 MB: uploads are kept in memory",
    ),
    "client.showErrorDetails": (
        lambda value: value in ("none", False),
        'must be "none": visitors would read paths and messages of the server',
    ),
}


def complaints(options: Mapping[str, object]) -> list[str]:
    """One sentence for each of SETTINGS that does not have the value it must have."""
    return [
        f"{name} is {options[name]!r} but {reason}. Start from the project's folder, "
        "whose .streamlit/config.toml sets it."
        for name, (is_right, reason) in SETTINGS.items()
        if not is_right(options[name])
    ]


def raise_open_files_limit() -> None:
    """Lets the process hold OPEN_FILES files, or as many as this machine allows."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError) as error:
            LOG.warning("only %d files may be open, about %d visitors: %s", soft, soft // 4, error)


def send_small_messages_at_once() -> None:
    """Sets TCP_NODELAY on every connection, which saves 40 ms on each answer in a quick series.

    asyncio means to do so, but only for sockets made with IPPROTO_TCP, and Streamlit's listening
    socket is made without (https://github.com/Kludex/uvicorn/issues/3149).
    """

    def set_nodelay(sock: socket.socket) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and sock.type == socket.SOCK_STREAM:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    if hasattr(asyncio.base_events, "_set_nodelay"):
        asyncio.base_events._set_nodelay = set_nodelay
    else:
        LOG.warning("this Python's asyncio has no _set_nodelay: quick answers may take 40 ms more")

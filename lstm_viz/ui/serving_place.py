"""Whether the app can answer where it is asked to, and what would work where it cannot.

Streamlit's own words for a port that is taken, or an address that is another machine's, are those
of the operating system, and come after it has said where the app is to be seen.
"""

from __future__ import annotations

import errno
import os
import socket
from contextlib import closing, suppress

from lstm_viz import environment
from lstm_viz.language import _

PRIVILEGED = 1024  # below, a port is the administrator's on most machines


def complaint(host: str, port: int) -> str | None:
    """What is wrong with answering there, and what would work; None where nothing is."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        return _("No machine goes by the name of {host}. {ours}").format(
            host=host[:80], ours=_own_said()
        )
    family, kind, protocol, _name, address = found[0]
    try:
        with closing(socket.socket(family, kind, protocol)) as probe:
            if os.name == "posix":  # as the server does; on Windows it would share a taken port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as problem:
        return _said(problem, host, port)
    return None


def _said(problem: OSError, host: str, port: int) -> str:
    match problem.errno:
        case errno.EADDRINUSE:
            return _(
                "Port {port} is taken, perhaps by another LSTM Viz; {free} is free: "
                "make run PORT={free}, or lstm-viz --port {free}."
            ).format(port=port, free=_free(host, port))
        case errno.EADDRNOTAVAIL:
            return _("This machine is not at {host}. {ours}").format(
                host=host[:80], ours=_own_said()
            )
        case errno.EACCES if port < PRIVILEGED:
            return _(
                "Ports below 1024 are the administrator's; {free} is free: "
                "make run PORT={free}, or lstm-viz --port {free}."
            ).format(free=_free(host, 8500))
    return _("The app cannot answer at {host}:{port}: {problem}.").format(
        host=host[:80], port=port, problem=problem.strerror
    )


def _free(host: str, after: int) -> int:
    """The next port that is free, or any."""
    for port in (*range(after + 1, min(after + 50, 65536)), 0):
        with suppress(OSError), socket.create_server((host, port)) as probe:
            return int(probe.getsockname()[1])
    return after


def _own_said() -> str:
    return _("It is reached by {names}; 0.0.0.0 is all of them.").format(
        names=_(", ").join(["localhost", *own_addresses()])
    )


def own_addresses() -> list[str]:
    """The addresses by which others on this machine's networks reach it."""
    found = []
    with suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None)]
    # Which one would be taken on the way to a network: nothing is sent.
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found.append(probe.getsockname()[0])
    return [one for one in dict.fromkeys(found) if not one.startswith("127.") and one != "::1"]


def runs_missed() -> str | None:
    """Where the folder for runs cannot be written: what is missed, and what would work."""
    folder = environment.runs_folder()
    if environment.can_be_written(folder):
        return None
    return _(
        "{folder} cannot be written, where runs of training are kept. "
        "Until LSTMVIZ_DATA names a folder that can, nothing is trained."
    ).format(folder=folder)

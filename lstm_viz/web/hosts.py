"""Only this host's own names, and only its own pages, are let in.

Streamlit looks at a websocket's Origin by asking, among others, the internet for its own address,
each time and while everybody waits: behind a school's firewall three foreign pages that knock make
all others wait 16 seconds. And it takes any Host, so that a foreign name that is made to point
here (DNS rebinding) reads the app as its own. So both are decided here, from a list that costs
nothing, and Streamlit never sees an Origin that is left to judge.

An address of digits cannot be made to point elsewhere, so each is this host's own.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lstm_viz.environment import HOSTS
from lstm_viz.language import N_, Sentence
from lstm_viz.web.refused import refused

_FOREIGN_HOST = N_(
    "This app does not go by the name of {host}. Whoever runs it can allow that name by setting "
    "{setting}."
)
_FOREIGN_PAGE = N_("A page of {origin} may not speak for a visitor of this app.")

USUAL_PORTS = {"http": 80, "https": 443}
CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


def own_names() -> tuple[str, ...]:
    """What this machine is called, and the names in LSTMVIZ_HOSTS (``lstm.school.edu, *.lan``)."""
    machine = socket.gethostname().lower()
    configured = (st.get_option("server.address"), st.get_option("browser.serverAddress"))
    named = HOSTS.in_(os.environ)
    names = ["localhost", "*.localhost", machine, f"{machine}.local", *configured, *named]
    return tuple(name.strip().lower().rstrip(".") for name in names if name and name.strip())


def split_host(text: str) -> tuple[str, int | None] | None:
    """The name and the port in ``name:port``; None when it is neither a name nor an address."""
    try:
        parts = urlsplit(f"//{text}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return name.rstrip("."), port


def is_own(name: str, names: Iterable[str]) -> bool:
    """Whether the name is an address of digits or is among the names, of which ``*`` is any."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return any(
            own in ("*", name) or (own.startswith("*.") and name.endswith(own[1:])) for own in names
        )
    return True


def same_page(origin: str, host: tuple[str, int | None]) -> bool:
    """Whether a page of that origin was served under that Host.

    A proxy that hands on the name without its port is believed about the name.
    """
    scheme, _colon, place = origin.partition("://")
    found = split_host(place)
    if scheme not in USUAL_PORTS or found is None or found[0] != host[0]:
        return False
    return host[1] is None or host[1] == (found[1] or USUAL_PORTS[scheme])


class OwnHosts:
    """Answers 403 in words to a foreign Host, and to a foreign page that could change anything."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...] | None = None) -> None:
        self.app = app
        self._names = names

    @property
    def names(self) -> tuple[str, ...]:
        if self._names is None:  # Streamlit's options are known when the first visitor comes
            self._names = own_names()
        return self._names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        host = split_host(headers.get("host", ""))
        if host is None or not is_own(host[0], self.names):
            host_said = shown(headers.get("host", ""))
            why = Sentence(_FOREIGN_HOST, {"host": host_said, "setting": HOSTS.name})
            return await refused(403, why, scope, receive, send)
        origin = headers.get("origin")
        if origin is None:
            return await self.app(scope, receive, send)
        if same_page(origin, host) or self._allowed(origin):
            # Decided: Streamlit would ask the internet where the ports differ behind a proxy.
            return await self.app(without(scope, b"origin"), receive, send)
        if scope["type"] == "http" and scope["method"] in CHANGES_NOTHING:
            # Without an Origin the answer carries no permission to read it.
            return await self.app(without(scope, b"origin"), receive, send)
        why = Sentence(_FOREIGN_PAGE, {"origin": shown(origin)})
        await refused(403, why, scope, receive, send)

    def _allowed(self, origin: str) -> bool:
        """Whether the school named the page's host, word for word; digits are no name."""
        found = split_host(origin.partition("://")[2])
        return found is not None and found[0] in HOSTS.in_(os.environ)


def shown(text: str) -> str:
    return repr(text[:80])


def without(scope: Scope, header: bytes) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != header]
    return {**scope, "headers": kept}

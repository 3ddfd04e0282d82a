"""What every answer says, what is compressed, and how much may be uploaded."""

import gzip

import pytest
import streamlit as st

from lstm_viz.environment import FRAMES
from lstm_viz.web import answers, gates, uploads
from lstm_viz.web.answers import Headers, hashes, policy
from lstm_viz.web.compressed import FOLDER, Compressed
from lstm_viz.web.first_page import FirstPage
from lstm_viz.web.uploads import FILES_EACH, FILES_IN_ALL, MB, Uploads
from tests.web.asgi import Inner, ask, to_its_end


def test_every_answer_says_what_the_page_may_do():
    _, _, found = ask(Headers(Inner()), "/anything")
    rules = dict(rule.split(" ", 1) for rule in found["content-security-policy"].split("; "))
    assert "unsafe" not in rules["script-src"]
    assert rules["script-src"].count("sha256-") == len(hashes(answers.INDEX.read_text())) >= 1
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert found["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("cookie", "lasts"),
    [
        ("_streamlit_xsrf=2|a|b|1; Path=/; SameSite=Lax", True),
        ("_streamlit_xsrf=2|a|b|1; Max-Age=5", False),
        ("another=1; Path=/", False),
    ],
)
def test_the_secret_of_a_browser_outlives_the_browser(cookie, lasts):
    class Setting(Inner):
        async def __call__(self, scope, receive, send):
            pairs = [(b"set-cookie", cookie.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": pairs})

    _, _, found = ask(Headers(Setting()), "/_stcore/health")
    assert found["set-cookie"] == cookie + ("; Max-Age=31536000" if lasts else "")


def test_the_hash_is_the_one_that_a_browser_computes():
    # from the specification of Content Security Policy, level 2, section 7.17
    assert hashes("<script>doSomething();</script>") == [
        "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"
    ]


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("", "'none'"),
        ("https://moodle.school.edu", "https://moodle.school.edu"),
        ("https://a.edu, https://*.b.edu", "https://a.edu https://*.b.edu"),
        ("https://a.edu; script-src *", "'none'"),
    ],
)
def test_a_frame_is_allowed_where_a_school_says_so(variable, said):
    sites = FRAMES.in_({FRAMES.name: variable})
    assert policy([], sites).split("frame-ancestors ")[1] == said


SCRIPT = max((FOLDER / "static" / "js").glob("index.*.js"), key=lambda file: file.stat().st_size)


def test_a_script_goes_out_small_and_is_the_same():
    inner = Inner()
    gate = Compressed(inner)
    path = f"/static/js/{SCRIPT.name}"
    status, _, found = ask(gate, path, accept_encoding="br, gzip;q=0.8")
    assert status == 200
    assert found["content-encoding"] == "gzip"
    assert "javascript" in found["content-type"]
    assert int(found["content-length"]) < SCRIPT.stat().st_size / 2
    assert gzip.decompress(next(iter(gate._kept.values())).result()) == SCRIPT.read_bytes()
    assert inner.scopes == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../__init__.py",
        "/static/js/../../../version.py",
        "/static/js/nothing.js",
        "/static/" + "x" * 5000 + ".js",
        "/static/a\x00b.js",
        "/stage",
        "/static/media/" + next((FOLDER / "static" / "media").glob("*.woff2")).name,
    ],
    ids=range(7),
)
def test_all_else_is_left_to_streamlit(path):
    inner = Inner()
    assert ask(Compressed(inner), path, accept_encoding="gzip")[1] == "inner"


def test_who_takes_no_gzip_or_wants_a_part_is_left_to_streamlit():
    path = f"/static/js/{SCRIPT.name}"
    assert ask(Compressed(Inner()), path)[1] == "inner"
    assert ask(Compressed(Inner()), path, accept_encoding="gzip", range="bytes=0-9")[1] == "inner"


def test_files_fit_by_session_and_in_all(monkeypatch):
    one = st.get_option("server.maxUploadSize") * MB
    held = {"mine": (FILES_EACH - 1) * one, "theirs": 0}
    monkeypatch.setattr(uploads, "held", lambda: held)

    def put(session: str, size: object) -> tuple[int, str]:
        path = f"/_stcore/upload_file/{session}/x"
        return ask(Uploads(Inner()), path, method="PUT", content_length=str(size))[:2]

    assert put("mine", one)[0] == 200
    status, sentence = put("mine", one + 1)
    assert status == 413
    assert "Remove a file" in sentence
    held["theirs"] = (FILES_IN_ALL - FILES_EACH) * one
    assert put("new", one)[0] == 200
    assert put("new", one + 1)[0] == 413
    assert put("new", "-5")[0] == 411
    assert put("new", "")[0] == 411


class Page(Inner):
    """Answers with a page in pieces, as a file is sent."""

    def __init__(self, page: bytes, kind: str = "text/html; charset=utf-8", status: int = 200):
        super().__init__()
        self.page, self.kind, self.status = page, kind, status

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        length = str(len(self.page)).encode()
        headers = [(b"content-type", self.kind.encode()), (b"content-length", length)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        for at in range(0, len(self.page), 1000):
            piece = self.page[at : at + 1000]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def test_a_browser_is_not_sent_for_a_typeface_that_no_page_shows():
    page = answers.INDEX.read_bytes()
    assert b'as="font"' in page
    _, body, found = ask(FirstPage(Page(page)), accept="text/html,*/*")
    assert "SourceSans" not in body
    assert int(found["content-length"]) == len(body.encode())
    assert hashes(body) == hashes(page.decode())
    assert body.count("<link") == page.count(b"<link") - 1
    _, _, found = ask(FirstPage(Page(page)), accept="text/html", accept_encoding="gzip, br")
    assert found["content-encoding"] == "gzip"
    assert int(found["content-length"]) < len(page) / 3


@pytest.mark.parametrize(
    "inner",
    [
        Page(b"<html>no typeface</html>"),
        Page(b"\x00" * 5000, "font/woff2"),
        Page(b"<html>none such</html>", status=404),
        Page(b"<html>" + b"x" * 2**19),
    ],
    ids=["plain", "font", "missing", "large"],
)
def test_whatever_else_is_asked_for_passes_as_it_is(inner):
    status, body, found = ask(FirstPage(inner), accept="text/html")
    assert (status, body) == (inner.status, inner.page.decode())
    assert int(found["content-length"]) == len(inner.page)
    assert ask(FirstPage(Inner()), accept="*/*")[1] == "inner"


@pytest.mark.parametrize("gate", [one.cls for one in gates()], ids=lambda one: one.__name__)
def test_a_gate_lets_the_app_start(gate):
    """A start that fails here is passed over by the server, and what it would prepare is not."""
    started = []

    async def inner(scope, receive, send):
        started.append(scope["type"])

    to_its_end(gate(inner)({"type": "lifespan"}, None, None))
    assert started == ["lifespan"]

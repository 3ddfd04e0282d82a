"""Foreign names and foreign pages are refused before Streamlit asks the internet about them."""

import pytest

from lstm_viz.web.hosts import OwnHosts, is_own, same_page, split_host
from tests.web.asgi import Inner, ask, knock

NAMES = ("localhost", "teacher", "teacher.local", "lstm.school.edu", "*.lab.school.edu")

OWN = ["localhost", "localhost:8501", "127.0.0.1:8501", "192.168.1.20", "[::1]:8501", "TEACHER:80"]
OWN += ["lstm.school.edu", "lstm.school.edu.", "room3.lab.school.edu:443"]
FOREIGN = [
    "evil.example",
    "lab.school.edu.evil.example",
    "localhost.evil.example",
    "",
    "a@localhost",
]
FOREIGN += ["xlab.school.edu", "localhost/x", "localhost:port", "127.0.0.1.nip.example", "[::1"]


@pytest.mark.parametrize("host", OWN)
def test_an_own_name_comes_in(host):
    inner = Inner()
    assert ask(OwnHosts(inner, NAMES), host=host)[0] == 200
    assert knock(OwnHosts(inner, NAMES), host=host)[0]["type"] == "websocket.accept"
    assert len(inner.scopes) == 2


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_is_refused_in_words(host):
    inner = Inner()
    status, body, _ = ask(OwnHosts(inner, NAMES), host=host)
    assert status == 403
    assert "LSTMVIZ_HOSTS" in body
    assert repr(host) in body
    assert knock(OwnHosts(inner, NAMES), host=host)[0]["type"] == "websocket.close"
    assert inner.scopes == []


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "LSTMVIZ_HOSTS，"),
        ("zh", "LSTMVIZ_HOSTS，"),
        ("en-GB,zh;q=0.5", "by setting LSTMVIZ_HOSTS."),
        ("tlh;q=0.1", "by setting LSTMVIZ_HOSTS."),
        ("", "by setting LSTMVIZ_HOSTS."),
    ],
)
def test_a_refusal_is_said_in_the_browser_s_language(wanted, words):
    app = OwnHosts(Inner(), NAMES)
    assert words in ask(app, host="evil.example", accept_language=wanted)[1]
    closed = knock(app, host="evil.example", accept_language=wanted)[0]
    assert 0 < len(closed["reason"].encode()) <= 123


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("localhost", "http://localhost"),
        ("teacher", "http://teacher:8080"),  # a proxy hands on the name alone
        ("lstm.school.edu:443", "https://lstm.school.edu"),
        ("[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_the_own_page_comes_in_and_leaves_no_origin_to_judge(host, origin):
    inner = Inner()
    assert knock(OwnHosts(inner, NAMES), host=host, origin=origin)[0]["type"] == "websocket.accept"
    assert ask(OwnHosts(inner, NAMES), method="PUT", host=host, origin=origin)[0] == 200
    for scope in inner.scopes:
        assert b"origin" not in dict(scope["headers"])


FOREIGN_PAGES = [
    "http://evil.example",
    "null",
    "http://localhost:3000",
    "file://",
    "https://localhost",
]
FOREIGN_PAGES += [
    "http://localhost:8501.evil.example",
    "http://192.168.1.66:8501",
    "x" * 5000,
    "http://[",
]


@pytest.mark.parametrize("origin", FOREIGN_PAGES, ids=range(len(FOREIGN_PAGES)))
def test_a_foreign_page_may_neither_knock_nor_change_anything_nor_read(origin):
    inner = Inner()
    gate = OwnHosts(inner, NAMES)
    assert knock(gate, host="localhost:8501", origin=origin)[0]["type"] == "websocket.close"
    status, body, _ = ask(gate, method="PUT", host="localhost:8501", origin=origin)
    assert status == 403
    assert len(body) < 300
    assert inner.scopes == []
    assert ask(gate, host="localhost:8501", origin=origin)[0] == 200
    assert b"origin" not in dict(inner.scopes[0]["headers"])


def test_a_school_names_its_hosts(monkeypatch):
    monkeypatch.setenv("LSTMVIZ_HOSTS", " LSTM.school.edu , *.lan")
    gate = OwnHosts(Inner())
    assert ask(gate, host="lstm.school.edu")[0] == 200
    assert ask(gate, host="x.lan")[0] == 200
    assert ask(gate, host="lan.evil.example")[0] == 403
    # a page of the school's own may speak too, behind a proxy that hides the name
    answer = knock(gate, host="127.0.0.1:8501", origin="https://lstm.school.edu")
    assert answer[0]["type"] == "websocket.accept"


def test_any_name_is_own_to_whoever_says_so():
    assert is_own("anything.example", ("*",))
    assert not is_own("anything.example", ())


def test_a_host_is_a_name_and_a_port():
    assert split_host("LOCALHOST:1") == ("localhost", 1)
    assert split_host("user:secret@localhost") is None
    assert same_page("http://h", ("h", 80))
    assert not same_page("http://h", ("h", 443))

"""A class of 100 depends on a few settings; the app says so when one of them is not in force."""

import subprocess
import sys
import tomllib

import pytest

from lstm_viz.ui import start
from tests.serving import ROOT, streamlit_server

SHIPPED = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def shipped_options() -> dict[str, object]:
    return {
        f"{section}.{name}": value
        for section, values in SHIPPED.items()
        for name, value in values.items()
    }


def test_the_shipped_settings_leave_nothing_to_complain_about():
    assert start.complaints(shipped_options()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("runner.postScriptGC", True),
        ("server.fileWatcherType", "auto"),
        ("server.maxUploadSize", 200),
        ("client.showErrorDetails", "full"),
    ],
)
def test_a_setting_that_would_ruin_a_class_is_named_with_its_reason(name, value):
    (complaint,) = start.complaints({**shipped_options(), name: value})
    assert complaint.startswith(f"{name} is {value!r} but must be ")


def test_the_log_of_a_well_configured_start_has_no_complaint():
    with streamlit_server() as server:
        assert "must be" not in server.log


def test_the_log_names_a_setting_that_somebody_changed():
    with streamlit_server("--runner.postScriptGC=true") as server:
        assert "runner.postScriptGC is True but must be false" in server.log


def printed_by(program: str) -> str:
    """What a fresh process prints, so that this one keeps its own limits and its own asyncio."""
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_small_limit_on_open_files_is_raised_as_far_as_the_machine_allows():
    program = """
import resource
from lstm_viz.ui.start import raise_open_files_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))
raise_open_files_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    assert printed_by(program) == "1024 1024"


def test_a_small_message_does_not_wait_for_the_next_one():
    program = """
import asyncio, socket
from lstm_viz.ui.start import send_small_messages_at_once
send_small_messages_at_once()

async def visit():
    listening = socket.socket()  # made as Streamlit makes its own, without a protocol
    listening.bind(("127.0.0.1", 0))
    answered = asyncio.get_running_loop().create_future()
    async def answer(reader, writer):
        accepted = writer.get_extra_info("socket")
        answered.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
    async with await asyncio.start_server(answer, sock=listening):
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        print(bool(await answered))
        writer.close()

asyncio.run(visit())
"""
    assert printed_by(program) == "True"

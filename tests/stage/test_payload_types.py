"""Everything that is sent is of the type that it says, in every language of the letters."""

import json

import pytest

from tests.payloads import every_payload
from tests.wire import PAYLOADS, differences

SENT = list(every_payload())


def test_every_type_of_payload_is_made_here():
    assert {kind for kind, _of, _payload in SENT} == set(PAYLOADS)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [(kind, payload) for kind, _of, payload in SENT],
    ids=[f"{kind} {of}" for kind, of, _payload in SENT],
)
def test_what_is_sent_is_of_its_type(kind, payload):
    assert list(differences(payload, PAYLOADS[kind])) == []
    json.dumps(payload, allow_nan=False)


def test_what_is_not_of_the_type_is_noticed():
    kind, payload = PAYLOADS["StagePayload"], next(p for k, _of, p in SENT if k == "StagePayload")
    assert list(differences(payload | {"steps": "5"}, kind)) == [".steps: '5' is no int"]
    assert list(differences(payload | {"new": 1}, kind)) == [".new is not in StagePayload"]
    without = {key: value for key, value in payload.items() if key != "lights"}
    assert list(differences(without, kind)) == [".lights is missing"]

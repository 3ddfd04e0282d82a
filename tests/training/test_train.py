"""``lv.train``: a run from a program, and its curves as others read them."""

import csv
import io
import struct

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import lstm_viz as lv
from lstm_viz.training.curves import crc32c, csv_of


@pytest.fixture(scope="module")
def trained():
    return lv.train("gru", "parity", steps=12, seed=3, hidden=4, batch=4)


def test_a_run_has_curves_snapshots_and_a_network(trained):
    assert trained.record.done == 12
    assert trained.kept[0] == 0
    assert trained.kept[-1] == 12
    network = trained.network(12)
    assert network.cell is lv.CELLS["gru"]
    assert network.hidden == 4
    assert network.read(network.task.examples["A single one"]).output.shape[0] > 4


def test_the_same_call_gives_the_same_run_and_another_seed_another(trained, tmp_path):
    again = lv.train(lv.CELLS["gru"], "parity", 12, 3, tmp_path / "run", hidden=4, batch=4)
    np.testing.assert_array_equal(again.record.loss, trained.record.loss)
    assert (tmp_path / "run" / "record.safetensors").exists()
    other = lv.train("gru", "parity", steps=12, seed=4, hidden=4, batch=4)
    assert not np.allclose(other.record.loss, trained.record.loss)


def test_what_is_no_setting_is_said():
    with pytest.raises(ValueError, match="no task 'nothing'"):
        lv.train("gru", "nothing")
    with pytest.raises(ValueError, match="hiden"):
        lv.train("gru", "parity", hiden=4)


def test_the_table_has_every_number_to_the_last_digit(trained):
    rows = list(csv.DictReader(io.StringIO(csv_of(trained))))
    assert [int(row["step"]) for row in rows] == list(range(13))
    assert [float(row["loss"]) for row in rows[:12]] == trained.record.loss.tolist()
    assert rows[12]["loss"] == ""
    examined = [float(row["validation_loss"]) for row in rows if row["validation_loss"]]
    assert examined == trained.record.validation.tolist()


def event_type():
    """TensorFlow's Event, as its published description has the fields that are used."""
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="t", syntax="proto3")
    double, number, words, whole, inner = 1, 2, 9, 3, 11
    for name, fields in (
        ("Value", (("tag", 1, words, 1), ("simple_value", 2, number, 1))),
        ("Summary", (("value", 1, inner, 3, ".t.Value"),)),
        (
            "Event",
            (
                ("wall_time", 1, double, 1),
                ("step", 2, whole, 1),
                ("file_version", 3, words, 1),
                ("summary", 5, inner, 1, ".t.Summary"),
            ),
        ),
    ):
        message = file.message_type.add(name=name)
        for field, place, kind, label, *of in fields:
            message.field.add(
                name=field, number=place, type=kind, label=label, type_name=of[0] if of else None
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Event"))


def test_the_event_file_is_read_by_protocol_buffers(trained, tmp_path):
    data = lv.to_tensorboard_folder(trained, tmp_path / "logs").read_bytes()
    event, place, found = event_type(), 0, []
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        found.append(event.FromString(data[place + 12 : place + 12 + length]))
        place += 16 + length
    assert place == len(data)
    assert found[0].file_version == "brain.Event:2"
    losses = [e.summary.value[0] for e in found[1:] if e.summary.value[0].tag == "loss"]
    assert [one.simple_value for one in losses] == trained.record.loss.astype(np.float32).tolist()
    assert max(one.step for one in found) == 12


def test_its_checksums_are_castagnolis():
    # RFC 3720, B.4, and the check value that catalogues of checksums give.
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43

"""Texts in every encoding that people have, short ones too, or a sentence."""

import zipfile
from io import BytesIO

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.files.text import decoded, read_text
from tests.agreement import refused

CHINESE = [
    "深度学习",
    "你好，世界",
    "循环神经网络会记住它读过的东西。",
    "日期,负荷\r\n2020-01-01,12\r\n",
]
TRADITIONAL = ["深度學習", "你好，世界", "循環神經網路會記住它讀過的東西。", "日期,負荷\n1,12\n"]
JAPANESE = ["こんにちは", "深層学習", "吾輩は猫である。名前はまだ無い。", "日付,電力\n1,12\n"]
KOREAN = ["안녕하세요", "순환 신경망은 읽은 것을 기억한다."]
WESTERN = ["café", "Grüße aus Köln", "naïve façade, señor", "El niño comió piña", "Ça été goûté"]
RUSSIAN = ["Привет мир", "Рекуррентная сеть помнит то, что прочитала."]
TEXTS = {
    "gbk": CHINESE,
    "gb18030": [*CHINESE, "𠀀字 你好"],
    "big5": TRADITIONAL,
    "shift_jis": JAPANESE,
    "euc_jp": JAPANESE[::2],
    "iso2022_jp": JAPANESE,
    "euc_kr": KOREAN,
    "latin-1": WESTERN,
    "cp1252": [*WESTERN, "déjà vu – “quoted” text €5", "£5 – 20°C", "it’s"],
    "cp1250": ["Příliš žluťoučký kůň úpěl ďábelské ódy", "Zażółć gęślą jaźń"],
    "cp1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "cp1253": ["Καλημέρα κόσμε"],
}
EVERYTHING = [
    *CHINESE,
    *TRADITIONAL,
    *JAPANESE,
    *KOREAN,
    *WESTERN,
    *RUSSIAN,
    "hello world",
    "ab\r\ncd",
]
TEXTS |= dict.fromkeys(
    ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"), EVERYTHING
)


@pytest.mark.parametrize(
    ("encoding", "text"), [(encoding, text) for encoding, texts in TEXTS.items() for text in texts]
)
def test_a_text_is_read_as_what_it_is(encoding, text):
    assert read_text(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["gbk", "utf-16-le", "utf-8"])
def test_a_long_text_is_read_to_its_end(encoding):
    text = "循环神经网络会记住它读过的东西。\n" * 20_000 + "完"
    assert read_text(text.encode(encoding)) == text


def test_line_ends_stay_and_the_mark_goes():
    assert read_text(b"\xef\xbb\xbfa\r\nb\rc\n") == "a\r\nb\rc\n"
    assert read_text(b"") == ""
    assert read_text(b"\xff\xfe") == ""


@pytest.mark.parametrize("text", ["plain", "tab\tand\fpage", "emoji 🙂 and 中文"])
def test_utf_8_stays_utf_8(text):
    assert decoded(text.encode()) == (text, "utf-8")


def archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("xl/workbook.xml", "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(), "zip archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"\x93NUMPY\x01\0", "NPY"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (bytes(range(256)) * 20, "no text"),
        (b"\0" * 1000, "no text"),
        (np.random.default_rng(0).bytes(3000), "no text"),
        (np.random.default_rng(1).normal(size=100).tobytes(), "no text"),
        (b"\x80\x04\x95cos\nsystem\n", "no text"),
        (b"abc\0def", "no text"),
        ("中文".encode("utf-16") + b"\x00\xd8", "begins as UTF-16"),
        (b"\xef\xbb\xbfabc\xff", "begins as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_in_words(data, words):
    with refused(words):
        read_text(data)


def test_it_is_the_librarys_reader():
    assert lv.read_text is read_text

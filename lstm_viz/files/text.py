"""A text in whatever encoding it was saved, read as what it is or refused.

An encoding is not written into a file, so it has to be told from the bytes. Some can be told for
certain: a byte order mark says it, and bytes that are valid UTF-8 hardly ever are anything else.
All others are a matter of likelihood: the detector ``chardet`` knows how often the characters of
each language follow each other, and says which reading looks most like a language. Two things it
does not see are seen here. UTF-16 without a mark is scored by the same detector, as the text that
it would be in the usual encoding of its characters, and taken where that is the likelier reading.
And a reading in which one word mixes two alphabets is no language: the next likely one is taken.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from lstm_viz.extras import needed_by
from lstm_viz.language import N_, _

# How a file begins that is no text, and what it is.
BINARY = {
    b"PK\x03\x04": N_("a zip archive, as Excel, Word and PyTorch write one"),
    b"\xd0\xcf\x11\xe0": N_("an old Office document"),
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"\x89HDF": "HDF5",
    b"\x93NUMPY": "NPY",
    b"\x7fELF": N_("a program"),
    b"SQLite format 3": "SQLite",
    b"PAR1": "Parquet",
    b"RIFF": N_("a sound or a film"),
    b"OggS": N_("a sound or a film"),
    b"ID3": N_("a sound or a film"),
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # it begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_JUDGED = 50_000  # bytes: more would not make the detector surer
_LAYOUT = "\t\n\f\r\x1b\x85"  # control characters that texts do have
# The letters of an alphabet, and the encodings in which its texts usually are.
_USUAL = (
    ("\u0000-\u024f", ("cp1252", "cp1250")),
    ("\u4e00-\u9fff", ("gbk", "big5", "cp932")),
    ("\u3040-\u30ff\u4e00-\u9fff", ("cp932",)),
    ("\uac00-\ud7a3", ("cp949",)),
    ("\u0400-\u04ff", ("cp1251",)),
    ("\u0370-\u03ff", ("cp1253",)),
    ("\u0590-\u05ff", ("cp1255",)),
    ("\u0600-\u06ff", ("cp1256",)),
    ("\u0e00-\u0e7f", ("cp874",)),
)
_EVERYWHERE = "\u0000-\u007f\u2010-\u203a\u3000-\u303f\uff00-\uffef"  # and in any of them
_TWO_BYTES = ("gb18030", "big5", "cp932", "cp949", "euc_jp")


def read_text(data: bytes) -> str:
    """The text in a file, whatever its encoding; ValueError with a sentence if it is none.

    Read are UTF-8, UTF-16 and UTF-32, with a byte order mark or without, GB18030 (and with it GBK
    and GB2312), Big5, Shift-JIS, EUC-JP, EUC-KR, and the code pages of Windows and their ISO
    relatives. The mark is not part of the text; line ends stay as they are.
    """
    return decoded(data)[0]


def decoded(data: bytes) -> tuple[str, str]:
    """As ``read_text``, and the name of the encoding."""
    data = bytes(data)
    for start, kind in BINARY.items():
        if data.startswith(start):
            raise ValueError(
                _("This is no text but {kind}. Save it as plain text, best in UTF-8.").format(
                    kind=_(kind)
                )
            )
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding), encoding
    text = _whole(data, "utf-8")
    if text is not None:
        if "\x1b$" in text or "\x1b(" in text:  # what switches alphabets in ISO-2022-JP
            japanese = _whole(data, "iso2022_jp")
            if japanese is not None:
                return japanese, "iso2022_jp"
        return text, "utf-8"
    found = _likeliest(data)
    if found is None:
        raise ValueError(
            _("The encoding of this text cannot be told, or it is no text. Save it in UTF-8.")
        )
    return found


def _strict(data: bytes, encoding: str) -> str:
    """The text of a file whose mark says the encoding; a broken one is refused."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise ValueError(
            _("This text begins as {encoding}, and byte {place} is none.").format(
                encoding=encoding.upper(), place=problem.start
            )
        ) from None
    if "\0" in text:
        raise ValueError(_("This is no text: there are null characters in it."))
    return text


def _whole(data: bytes, encoding: str) -> str | None:
    """The text, if all bytes are one in this encoding and it has nothing that no text has."""
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return text if _could_be(text) else None


def _could_be(text: str) -> bool:
    """Whether there are only characters that texts have: no control, private or unknown ones."""
    odd = {
        one
        for one in set(text)
        if one not in _LAYOUT and unicodedata.category(one) in ("Cc", "Cn", "Co", "Cs")
    }
    return not odd


def _likeliest(data: bytes) -> tuple[str, str] | None:
    """The text and its encoding as the detector judges it; None where nothing is likely."""
    wide = [found for e in ("utf-16-le", "utf-16-be") if (found := _utf16(data, e))]
    if b"\0" in data:  # in no other encoding is half of a space or of a line's end null
        return max(wide)[1:] if wide else None
    narrow = _detected(data)[:1]
    if wide and narrow and narrow[0][2] not in _TWO_BYTES:
        # Letters with accents that by chance are ideographs, and all of them common ones?
        narrow = [] if _are_common_ideographs(max(wide)[1]) else narrow
    readings = wide + narrow
    return max(readings)[1:] if readings else None


def _utf16(data: bytes, encoding: str) -> tuple[float, str, str] | None:
    """How likely the bytes are UTF-16 without a mark, with the text, if they can be that at all."""
    text = _whole(data, encoding) if len(data) % 2 == 0 else None
    if not text:
        return None
    usual, share = _alphabet(text)
    if share < 0.9:
        return None
    if b"\0" in data or re.fullmatch(r"[\u3000-\u30ff]+", text):  # kana and nothing else
        return share + sum(one.isascii() for one in text) / len(text), text, encoding
    for name in usual:
        try:
            judged = text[: _JUDGED // 2].encode(name)
        except UnicodeEncodeError:
            continue
        likely = [found for found in _detected(judged) if found[2] == _superset(name)]
        return (likely[0][0], text, encoding) if likely else None
    return None


def _alphabet(text: str) -> tuple[tuple[str, ...], float]:
    """In which encodings the text's alphabet usually is, and the share of characters in it."""
    shares = [
        (len(re.findall(rf"[{letters}{_EVERYWHERE}]", text)) / len(text), names)
        for letters, names in _USUAL
    ]
    share, names = max(shares, key=lambda one: one[0])
    return names, share


def _are_common_ideographs(text: str) -> bool:
    """Whether there are at least three, all of them in the first half of GB2312 or of Big5."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            leads = text.encode(encoding)[::2]
        except UnicodeEncodeError:
            continue
        if len(text) >= 3 and all(first <= lead <= last or 0xA1 <= lead <= 0xA3 for lead in leads):
            return True
    return False


def _detected(data: bytes) -> list[tuple[float, str, str]]:
    """The readings that the detector thinks possible: likelihood, text, encoding; best first."""
    with needed_by(_("Telling in which encoding this text is")):
        import chardet

    western = _whole(data, "cp1252")
    if western and not any(one.isalpha() for one in western if not one.isascii()):
        return [(1.0, western, "cp1252")]  # °, £, – and the like: no letters to tell it by
    era = chardet.EncodingEra.MODERN_WEB
    found = []
    for one in chardet.detect_all(data[:_JUDGED], ignore_threshold=True, encoding_era=era):
        encoding = one["encoding"]
        if encoding is None or encoding.lower().startswith(("utf-16", "utf-32", "ascii")):
            continue
        text = _whole(data, _superset(encoding))
        if text is not None and not _mixes_alphabets(text):
            found.append((one["confidence"], text, _superset(encoding)))
    # Of code pages that are nearly as likely, the one that most people have.
    return sorted(found, key=lambda one: -one[0] * (1.65 if one[2] == "cp1252" else 1))


def _superset(encoding: str) -> str:
    """Python's name of the encoding that has all characters of this one, as browsers take it."""
    name = codecs.lookup(encoding).name
    supersets = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
    return supersets.get(name, {"shift_jis": "cp932", "euc_kr": "cp949"}.get(name, name))


def _mixes_alphabets(text: str) -> bool:
    """Whether more than one word in twenty has Latin letters beside those of another alphabet."""
    words = re.findall(r"[^\W\d_]+", text[:_JUDGED])
    odd = [word for word in words if _has_latin(word) and _has_other(word)]
    return len(odd) > len(words) / 20


def _has_latin(word: str) -> bool:
    return any(one.isascii() for one in word)


def _has_other(word: str) -> bool:
    return any("\u0370" <= one < "\u1e00" for one in word)  # Greek, Cyrillic, Hebrew, Arabic, Thai

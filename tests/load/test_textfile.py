"""Bytes to text: the encoding is declared, marked, UTF-8 or GB18030, and never guessed."""

import gzip
import hashlib

import pytest

from kpisite.errors import Problems
from kpisite.load.textfile import open_text

TEXT = "产品,金额\n信用卡,12\n"


def opened(folder, raw, declared=None):
    file = folder / "data.csv"
    file.write_bytes(raw)
    problems = Problems()
    return open_text(file, "data.csv", declared, folder / "copy.csv", problems), [str(p) for p in problems.found]


@pytest.mark.parametrize(
    ("raw", "declared", "encoding"),
    [
        (TEXT.encode("utf-8"), None, "utf-8"),
        (TEXT.encode("utf-8-sig"), None, "utf-8-sig"),
        (TEXT.encode("utf-16"), None, "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None, "utf-16"),
        (TEXT.encode("gb18030"), None, "gb18030"),
        (TEXT.encode("gbk"), "gbk", "gbk"),
        (TEXT.replace("产", "產").encode("big5", "ignore"), "big5", "big5"),
        (TEXT.replace("\n", "\r\n").encode("utf-8"), None, "utf-8"),
        (TEXT.replace("\n", "\r", 1).encode("utf-8"), None, "utf-8"),
        (TEXT.encode("utf-8"), "UTF-8", "utf-8"),
    ],
)
def test_every_known_encoding_gives_the_same_text_with_plain_newlines(tmp_path, raw, declared, encoding):
    text, problems = opened(tmp_path, raw, declared)

    assert problems == []
    assert text.encoding == encoding
    assert text.sha256 == hashlib.sha256(raw).hexdigest()
    if encoding != "big5":
        assert "".join(text.lines()) == TEXT


def test_a_plain_file_is_read_where_it_lies(tmp_path):
    text, _ = opened(tmp_path, TEXT.encode("utf-8"))

    assert text.readable == tmp_path / "data.csv"
    assert not (tmp_path / "copy.csv").exists()


def test_a_character_across_two_blocks_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("kpisite.load.textfile.BLOCK", 7)

    text, problems = opened(tmp_path, TEXT.encode("utf-8"))

    assert (text.encoding, problems) == ("utf-8", [])


@pytest.mark.parametrize(
    ("raw", "declared", "told"),
    [
        (
            b"a,b\n1,\xff\xff\n",
            None,
            "data.csv:2: error: neither UTF-8 nor GB18030: byte 0xff at offset 6. "
            "Declare the source's encoding, like 'encoding: big5'.",
        ),
        (
            "a\n产\n".encode("gbk"),
            "utf-8",
            "data.csv:2: error: not utf-8: byte 0xb2 at offset 2. Leave 'encoding' out or correct it.",
        ),
        (b"a\n", "klingon", "data.csv: error: 'klingon' is no known encoding. Try utf-8, gb18030 or utf-16."),
        (b"a,b\n1,\x002\n", None, "data.csv:2: error: a NUL byte stands in the file. It is no text file."),
    ],
)
def test_what_is_no_text_is_told(tmp_path, raw, declared, told):
    text, problems = opened(tmp_path, raw, declared)

    assert text is None
    assert problems == [told]


def test_a_packed_file_is_unpacked_and_known_by_the_bytes_that_came(tmp_path):
    file = tmp_path / "data.csv.gz"
    file.write_bytes(gzip.compress(TEXT.encode("gb18030")))
    problems = Problems()

    text = open_text(file, "data.csv.gz", None, tmp_path / "copy.csv", problems)

    assert problems.found == []
    assert "".join(text.lines()) == TEXT
    assert (text.encoding, text.size) == ("gb18030", file.stat().st_size)
    assert text.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("raw", [b"no gzip", gzip.compress(TEXT.encode(), mtime=0)[:-9]])
def test_a_packed_file_that_is_damaged_is_told(tmp_path, raw):
    file = tmp_path / "data.csv.gz"
    file.write_bytes(raw)
    problems = Problems()

    assert open_text(file, "data.csv.gz", None, tmp_path / "copy.csv", problems) is None
    assert str(problems.found[0]).startswith("data.csv.gz: error: it cannot be unpacked: ")


def test_a_line_without_an_end_is_told_and_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("kpisite.load.textfile.BLOCK", 1 << 10)
    monkeypatch.setattr("kpisite.load.textfile.LONGEST_LINE", 1 << 10)

    text, problems = opened(tmp_path, b"a,b\n" + b"1" * 5000)

    assert text is None
    assert problems == ["data.csv:2: error: a line is longer than 0 MB. Is it a table of lines?"]


def test_two_bad_bytes_in_a_chinese_file_are_told_where_they_stand(tmp_path):
    raw = (TEXT * 20).encode("gb18030") + b"\xff\xfe" + TEXT.encode("gb18030")

    text, problems = opened(tmp_path, raw)

    assert text is None
    assert problems == [
        f"data.csv:41: error: no UTF-8, and GB18030 only up to here: byte 0xff at offset {raw.index(bytes([255]))}. "
        "Mend these bytes, or declare the source's encoding, like 'encoding: big5'."
    ]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04", "an Excel workbook or another zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of the old kind"),
        (b"PAR1", "a Parquet file"),
        (b"\x1f\x8b\x08", "packed with gzip"),
    ],
)
def test_another_kind_of_file_named_csv_is_told_as_what_it_is(tmp_path, start, kind):
    text, (problem,) = opened(tmp_path, start + bytes(range(256)))

    assert text is None
    assert f"error: the file is {kind}, not a text. " in problem

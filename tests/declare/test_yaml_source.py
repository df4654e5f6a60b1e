import pytest
import yaml

from kpisite.declare import yaml_source
from kpisite.declare.yaml_source import Mark, read_yaml
from kpisite.errors import Problems


def read(text):
    problems = Problems()
    document = read_yaml(text, "a.yaml", problems)
    return document, [str(problem) for problem in problems.found]


def value(text):
    document, found = read(text)
    assert found == []
    return document.value


def mistakes(text):
    return read(text)[1]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("off", "off"),
        ("on", "on"),
        ("yes", "yes"),
        ("007", "007"),
        ("0123", "0123"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2025-09-30", "2025-09-30"),
        ("2025-09", "2025-09"),
        ("12345678901234567890", "12345678901234567890"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        (".", "."),
        ("+", "+"),
        ("１２", "１２"),  # noqa: RUF001
        ("'15'", "15"),
        ('"true"', "true"),
        ("信用卡", "信用卡"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-5", -5),
        ("+5", 5),
        ("2025", 2025),
        ("1e3", 1000.0),
        ("1.80", 1.8),
        ("-.5", -0.5),
        ("1.", 1.0),
    ],
)
def test_scalars_stay_what_they_look_like(written, expected):
    found = value(f"a: {written}\n")["a"]

    assert found == expected
    assert isinstance(found, type(expected))


@pytest.mark.parametrize("written", ["1.80", "2025.10", "1e3", "+1.5"])
def test_a_number_keeps_its_spelling_for_those_who_want_a_text(written):
    found = value(f"a: {written}\n")["a"]

    assert found == float(written)
    assert str(found) == written


@pytest.mark.parametrize("key", ["no", "1", "true", "null", "2025-09", "007", "'a b'"])
def test_keys_are_always_texts(key):
    assert value(f"{key}: 1\n") == {key.strip("'"): 1}


def test_every_part_has_its_place():
    document, _ = read("products:\n  card:\n    name: 信用卡\n    monitor: [csat, nps]\n")

    assert document.marks[("products",)] == Mark(1, 1, 1, 1)
    assert document.marks["products", "card"] == Mark(2, 3, 2, 3)
    assert document.marks["products", "card", "name"] == Mark(3, 11, 3, 5)
    assert document.marks["products", "card", "monitor"] == Mark(4, 5, 4, 5)
    assert document.marks["products", "card", "monitor", 1] == Mark(4, 21, 4, 21)


def test_full_width_characters_count_as_one_column():
    document, _ = read("名称: {zh: 信用卡, en: Card}\n")

    assert document.marks["名称", "en"] == Mark(1, 19, 1, 15)


def test_front_matter_places_count_from_the_top_of_the_file():
    document = read_yaml("name: Card\n", "card.md", Problems(), ("products", "card"), lines_before=1)

    assert document.marks["products", "card", "name"] == Mark(2, 7, 2, 1)


def test_duplicate_keys_name_the_first_line_and_keep_its_value():
    document, found = read("a: 1\nb:\n  c: 2\n  c: {d: 3, d: 4}\na: 5\n")

    assert found == [
        "a.yaml:4:3: error: the key 'c' stands here twice. The first is in line 3; keep one.",
        "a.yaml:4:13: error: the key 'd' stands here twice. The first is in line 4; keep one.",
        "a.yaml:5:1: error: the key 'a' stands here twice. The first is in line 1; keep one.",
    ]
    assert document.value == {"a": 1, "b": {"c": 2}}
    assert ("b", "c", "d") not in document.marks


def test_one_key_in_two_spellings_is_a_duplicate():
    assert mistakes("a: 1\n'a': 2\n") == [
        "a.yaml:2:1: error: the key 'a' stands here twice. The first is in line 1; keep one."
    ]


def test_anchors_and_aliases_are_refused():
    document, found = read("a: &x [1]\nb: *x\nc: 2\n")

    assert found == [
        "a.yaml:1:4: error: the anchor '&x' is not allowed. Write the value out wherever it is needed.",
        "a.yaml:2:4: error: the alias '*x' is not allowed. Write the value out again.",
    ]
    assert document.broken == (("b",),)
    assert document.whole


def test_a_bomb_of_aliases_is_read_in_no_time():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))

    document, found = read(bomb)

    assert len(found) == 10 + 81
    assert document.whole


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("!!str 5", "!!str"),
        ("!x 5", "!x"),
        ("! 5", "!"),
        ("!!python/object/apply:os.system [id]", "!!python/object/apply:os.system"),
        ("!!set {a, b}", "!!set"),
        ("!<tag:example.org,2020:x> 1", "tag:example.org,2020:x"),
    ],
)
def test_tags_are_refused_wherever_they_stand(written, tag):
    assert mistakes(f"a: {written}\n") == [
        f"a.yaml:1:4: error: the tag '{tag}' is not allowed. Remove it; quote a value that must stay text."
    ]


def test_forty_levels_are_deep_enough():
    assert mistakes("[" * 40 + "]" * 40) == []
    assert mistakes("[" * 41 + "]" * 41) == ["a.yaml:1:41: error: nested deeper than 40 levels. Make it flatter."]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_bomb_of_brackets_is_an_ordinary_mistake(opening):
    found = mistakes(opening * 100_000)

    assert len(found) == 1
    assert "nested deeper than 40 levels" in found[0]


def test_too_many_values_are_refused(monkeypatch):
    monkeypatch.setattr(yaml_source, "MOST_NODES", 10)

    assert mistakes("[1, 2, 3, 4, 5, 6, 7, 8, 9]") == []
    assert mistakes("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]") == [
        "a.yaml:1:29: error: the file has more than 10 values. Move targets in bulk to CSV."
    ]


def test_a_second_document_is_refused_and_the_first_is_kept():
    document, found = read("a: 1\n---\nb: 2\n")

    assert found == ["a.yaml:2:1: error: a second document begins here. Keep one document per file: remove this '---'."]
    assert document.value == {"a": 1}
    assert not document.whole


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "---\n# nothing\n..."])
def test_an_empty_file_says_nothing(text):
    assert value(text) is None


@pytest.mark.parametrize("key", ["{x: 1}", "[x, y]", "? [x]\n", "{{ x }}"])
def test_a_key_is_a_plain_word(key):
    found = mistakes(f"a: 1\n{key}: 2\nb: 3\n")

    assert "a key must be a plain word. Put braces and brackets in quotes if they are meant as text." in found[0]


def test_reading_goes_on_after_a_refused_key():
    document, _ = read("a: 1\n[x, y]: {b: 2}\nc: 3\n")

    assert document.value == {"a": 1, "c": 3}


SYNTAX = [
    (
        "a: [1, 2\nb: 3\n",
        "2:2",
        "the list opened with '[' in line 1 is not closed before this. Add the missing ',' or ']'.",
    ),
    (
        "a: {x: 1\nb: 3\n",
        "2:2",
        "the mapping opened with '{' in line 1 is not closed before this. Add the missing ',' or '}'.",
    ),
    ("a:\n\t- 1\n", "2:1", "a tab stands where YAML wants spaces. Indent with spaces."),
    ('a: "b\nc: 1\n', "1:4", "the quote opened in line 1 is not closed. Add the closing quote."),
    ("a: b: c\n", "1:5", "a second ':' in one line, or a line indented too far."),
    ("a: 1\n b: 2\n", "2:3", "a second ':' in one line, or a line indented too far."),
    ("a: 1\nb\nc: 2\n", "2:1", "a ':' is missing after this key."),
    ("a: @x\n", "1:4", "a text cannot begin with '@'. Put the text in quotes."),
    ("a: %x\n", "1:4", "a text cannot begin with '%'. Put the text in quotes."),
    ("a: `x`\n", "1:4", "a text cannot begin with '`'. Put the text in quotes."),
    ("a:\n  b: 1\n c: 2\n", "3:2", "this line does not fit the lines above it."),
    ("a: 'x' y\n", "1:8", "this line does not fit the lines above it."),
    ("a: ]\n", "1:4", "a value is missing here. Put the text in quotes."),
    ("a: *\n", "1:5", "'*' and '&' have a meaning of their own in YAML. Put the text in quotes."),
    ("a: |x\n  b\n", "1:5", "the text after '|' or '>' begins in the next line. Move it there, indented."),
    ("x: - a\n", "1:4", "a list item where none can stand."),
    ("name：信用卡\nline: retail\n", "2:5", "In line 1 write ': ' instead of the full-width '：'."),
    ("a: \x00\n", "1:4", "the character U+0000 cannot stand in YAML. Remove it."),
]


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(("text", "place", "words"), SYNTAX)
def test_syntax_is_explained_in_plain_words_by_either_parser(text, place, words, loader, monkeypatch):
    monkeypatch.setattr(yaml, "CSafeLoader", getattr(yaml, loader))

    document, found = read(text)

    assert len(found) == 1
    assert found[0].startswith(f"a.yaml:{place}: error: ")
    assert words in found[0]
    assert not document.whole


def test_what_was_read_before_a_mistake_is_kept():
    document, _ = read("a: {b: 1}\nc: {d: 2, e: [\n")

    assert document.value == {"a": {"b": 1}, "c": {"d": 2, "e": []}}
    assert ("c", "e") in document.broken

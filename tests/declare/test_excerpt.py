import pytest

from kpisite.declare.excerpt import WIDEST, columns, excerpt, with_excerpts
from kpisite.errors import Place, Problems


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("信用卡", 6), ("e\u0301", 1), ("", 0)])
def test_full_width_characters_take_two_columns(text, width):
    assert columns(text) == width


def test_the_caret_stands_under_the_place():
    assert excerpt("名称: {zh: 信用卡, en: Card}", 15) == "    名称: {zh: 信用卡, en: Card}\n                       ^"
    assert excerpt("a: b", 4) == "    a: b\n       ^"
    assert excerpt("a:", 3) == "    a:\n      ^"


def test_tabs_are_spelled_out_as_spaces():
    assert excerpt("\ta: 1", 2) == "        a: 1\n        ^"


@pytest.mark.parametrize("letter", ["x", "卡"])
def test_a_long_line_is_cut_around_the_caret(letter):
    line, caret = excerpt(letter * 150 + "!" + letter * 150, 151).split("\n")

    assert columns(line) <= WIDEST + 4
    assert columns(line.split("!")[0]) == caret.index("^")


def test_problems_with_a_place_in_a_known_file_get_their_line():
    problems = Problems()
    problems.error(Place("a.yaml", 2, 1), "wrong")
    problems.error(Place("a.yaml", 9, 1), "beyond the end")
    problems.error(Place("a.yaml"), "no line")
    problems.error(Place("b.yaml", 1, 1), "unknown file")
    problems.error(Place("a.yaml", 1, 1), "has its own", excerpt="x")

    with_excerpts(problems, {"a.yaml": "a: 1\nb: 2\n"})

    assert [problem.excerpt for problem in problems.found] == ["    b: 2\n    ^", "", "", "", "x"]

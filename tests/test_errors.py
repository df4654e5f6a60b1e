import pytest

from kpisite.errors import AuthorError, Place, Problem, Problems, did_you_mean


@pytest.mark.parametrize(
    ("place", "printed"),
    [
        (Place("a.yaml"), "a.yaml"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place("a.yaml", 3, 5), "a.yaml:3:5"),
    ],
)
def test_a_place_prints_what_is_known(place, printed):
    assert str(place) == printed


def test_a_problem_is_one_line():
    place = Place("a.yaml", 3, 5)

    assert (
        str(Problem(place, "no line is called 'x'", "Known: retail."))
        == "a.yaml:3:5: error: no line is called 'x'. Known: retail."
    )
    assert str(Problem(place, "empty", level="warning")) == "a.yaml:3:5: warning: empty."


def test_problems_come_in_the_order_of_their_places_each_once():
    problems = Problems()
    problems.error(Place("b.yaml", 1, 1), "second file")
    problems.error(Place("a.yaml", 10, 1), "tenth line")
    problems.error(Place("a.yaml", 9, 1), "ninth line")
    problems.error(Place("a.yaml", 9, 1), "ninth line")

    with pytest.raises(AuthorError) as error:
        problems.stop_if_any()

    assert [problem.what for problem in error.value.problems] == ["ninth line", "tenth line", "second file"]
    assert str(error.value).splitlines()[0] == "a.yaml:9:1: error: ninth line."


def test_warnings_alone_stop_nothing():
    problems = Problems()
    problems.warn(Place("a.yaml"), "doubtful")

    problems.stop_if_any()

    assert [problem.what for problem in problems.warnings] == ["doubtful"]
    assert problems.errors == ()


def test_warnings_are_told_together_with_errors():
    problems = Problems()
    problems.warn(Place("a.yaml", 1), "doubtful")
    problems.error(Place("a.yaml", 2), "wrong")

    with pytest.raises(AuthorError) as error:
        problems.stop_if_any()

    assert [problem.level for problem in error.value.problems] == ["warning", "error"]


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("csta", ["nps", "csat", "churn"], "Did you mean 'csat'?"),
        ("信用", ["信用卡", "房贷"], "Did you mean '信用卡'?"),
        ("报告期", ["报表期", "产品"], "Did you mean '报表期'?"),
        ("营业收人", ["营业收入(万元)", "产品"], "Did you mean '营业收入(万元)'?"),
        ("营业收人", ["营业成本（元）"], "Known: 营业成本（元）."),
        ("xyz", ["nps", "csat"], "Known: csat, nps."),
        ("xyz", [f"a{n}" for n in range(10)], "Known: a0, a1, a2, a3, a4, a5, a6, a7 and 2 more."),
        ("xyz", [], ""),
    ],
)
def test_a_hint_names_the_nearest_word_or_the_known_ones(word, known, hint):
    assert did_you_mean(word, known) == hint


def test_a_hint_does_not_depend_on_the_order_of_the_words():
    assert did_you_mean("car", ["cart", "card", "care"]) == did_you_mean("car", ["care", "cart", "card"])

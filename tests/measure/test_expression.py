"""Reading formulas: what they are made of, and what their authors are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpisite.measure.degree import check_kinds, degree, is_linear
from kpisite.measure.expression import Call, FormulaError, Name, Number, parse_formula, walk
from kpisite.measure.units import unit_named, unit_of

NAMES = ("promoters", "respondents", "balance", "revenue", "opex", "不良贷款余额", "贷款余额", "rate")


def told(text):
    """The message, the part it is about, and the hint."""
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, NAMES)
    error = caught.value
    return str(error), text[error.start : error.end], error.hint


def test_a_formula_is_a_tree_of_names_numbers_and_calls():
    tree = parse_formula("100 * (promoters - 2) / respondents", NAMES)

    part = Call("-", (Name("promoters"), Number(2)))
    assert tree == Call("/", (Call("*", (Number(100), part)), Name("respondents")))


def test_operators_bind_as_in_school():
    assert parse_formula("balance - revenue - opex", NAMES) == parse_formula("(balance - revenue) - opex", NAMES)
    assert parse_formula("-balance + revenue * opex", NAMES) == parse_formula("(-balance) + (revenue * opex)", NAMES)


def test_chinese_names_and_full_width_signs_are_read():
    folded = parse_formula("\uff11\uff10\uff10 × 不良贷款余额 ／ （贷款余额 ＋ 1）", NAMES)

    assert folded == parse_formula("100 * 不良贷款余额 / (贷款余额 + 1)", NAMES)


def test_positions_stay_those_of_the_author():
    tree = parse_formula("1 × （balance）", NAMES)

    assert [part.start for part in walk(tree) if isinstance(part, Name)] == [5]


def test_names_of_functions_may_be_written_in_capitals():
    assert parse_formula("IF(balance > 0, revenue, 1)", NAMES) == parse_formula("if(balance > 0, revenue, 1)", NAMES)


@pytest.mark.parametrize(
    ("text", "what", "part", "hint"),
    [
        ("promoterz / respondents", "there is no measure 'promoterz'", "promoterz", "Did you mean 'promoters'?"),
        ("不良贷款余额 / 贷款馀额", "there is no measure '贷款馀额'", "贷款馀额", "Did you mean '贷款余额'?"),
        ("yyoy(balance)", "there is no function 'yyoy'", "yyoy", "Did you mean 'yoy'?"),
        ("yoy(balance, 1)", "yoy() takes 1 argument and got 2", "yoy", ""),
        ("if(balance > 0, 1)", "if() takes 3 arguments and got 2", "if", ""),
        ("min(balance)", "min() takes 2 to 9 arguments and got 1", "min", ""),
        ("promoters / / respondents", "'/' does not belong here", "/", "A measure or a number should stand before it."),
        ("promoters respondents", "'respondents' does not belong here", "respondents", "Is an operator missing?"),
        ("100 (balance)", "'(' does not belong here", "(", "Is an operator missing?"),
        ("promoters / (respondents", "a '(' is never closed", "(", ""),
        ("yoy(balance", "a '(' is never closed", "yoy", ""),
        ("promoters)", "')' closes nothing", ")", ""),
        ("promoters *", "the formula ends too early", "", "A measure or a number should follow."),
        ("lag(balance,, 2)", "',' does not belong here", ",", "A measure or a number should stand before it."),
        ("balance, revenue", "',' does not belong here", ",", "Only functions take several arguments."),
        ("lag(balance, 0)", "lag() counts whole periods back", "lag", "Write a number from 1 to 1200."),
        ("lag(balance, rate)", "lag() counts whole periods back", "lag", "Write a number from 1 to 1200."),
        ("lag(balance, 1.5)", "lag() counts whole periods back", "lag", "Write a number from 1 to 1200."),
        ("balance ^ 2", "'^' has no meaning in a formula", "^", "Known: + - * / ( ) < <= > >= = <>."),
        ("balance % 2", "'%' has no meaning in a formula", "%", "Known: + - * / ( ) < <= > >= = <>."),
        ("balance.revenue", "'.' has no meaning in a formula", ".", "Known: + - * / ( ) < <= > >= = <>."),
        ("balance -- revenue", "a formula has no comments", "-", "Write a - (-b) for a minus before a minus."),
        ("", "the formula is empty", "", "Write one, like 100 * npl_balance / loan_balance."),
        ("'balance' + 1", "a formula has no quoted texts", "'balance'", "Names of measures stand without quotes."),
        ("'balance", "a formula has no quoted texts", "'", "Names of measures stand without quotes."),
    ],
)
def test_a_mistake_is_told_with_its_part_and_what_to_do(text, what, part, hint):
    assert told(text) == (what, part, hint)


def test_an_aggregate_belongs_in_a_measure():
    what, part, hint = told("sum(balance)")

    assert (what, part) == ("sum() aggregates rows", "sum")
    assert "measure's sql" in hint


@pytest.mark.parametrize(
    "text",
    [
        "(" * 40 + "balance" + ")" * 40,
        "(" * 5000,
        "- " * 500 + "balance",
        "balance + " * 300 + "balance",
        "not " * 100 + "balance",
        "__import__('os').system('id')",
        "9**9**9**9",
        "lambda: 1",
        "(select 1)",
        "balance; drop table x",
        "case when balance then 1 end",
        "balance::text",
        "[balance]",
        "$1",
        "balance is null",
        "cast(balance as int)",
    ],
)
def test_what_is_no_formula_is_refused_without_harm(text):
    with pytest.raises(FormulaError):
        parse_formula(text, NAMES)


@given(st.text(alphabet="ab_1.+-*/(),<>= '\"%—（，", max_size=30))
def test_any_text_is_a_formula_or_a_told_mistake(text):
    try:
        parse_formula(text, ("a", "b"))
    except FormulaError as error:
        assert str(error)
        assert 0 <= error.start <= max(len(text), 1)


UNITS = {"promoters": unit_named("count"), "respondents": unit_named("count"), "rate": None} | {
    name: unit_named("cny") for name in ("balance", "revenue", "opex")
}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("100 * promoters / respondents", {}),
        ("revenue - opex - rate / 12 * balance", {"cny": 1}),
        ("balance / promoters", {"cny": 1, "count": -1}),
        ("1 + rate - promoters / respondents", {}),
        ("yoy(balance)", {}),
        ("if(promoters > 5, balance, 0)", {"cny": 1}),
        ("coalesce(revenue, 0)", {"cny": 1}),
        ("balance > 5", {}),
        ("5", None),
    ],
)
def test_units_follow_the_arithmetic(text, unit):
    assert unit_of(parse_formula(text, NAMES), UNITS) == unit


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("balance + promoters", "cannot add cny and count"),
        ("balance - promoters", "cannot subtract cny and count"),
        ("balance > promoters", "cannot compare cny and count"),
        ("if(balance > 0, balance, promoters)", "cannot choose between cny and count"),
        ("balance * revenue - opex", "cannot subtract cny*cny and cny"),
        ("balance - promoters / respondents", "cannot subtract cny and a plain number"),
    ],
)
def test_unlike_units_do_not_go_together(text, what):
    with pytest.raises(FormulaError, match=f"^{what.replace('*', '[*]')}$") as caught:
        unit_of(parse_formula(text, NAMES), UNITS)

    assert caught.value.hint == "Both sides need the same unit."


KINDS = {
    "revenue": "flow",
    "opex": "flow",
    "promoters": "flow",
    "respondents": "flow",
    "balance": "stock",
    "hours": "duration",
}


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        ("revenue", 1),
        ("balance", 0),
        ("hours", 0),
        ("revenue / opex", 0),
        ("100 * revenue / balance", 1),
        ("ann(revenue) / balance", 0),
        ("revenue - opex - rate / 12 * balance", 1),
        ("revenue / lag(balance, 1)", 1),
        ("rolling_sum(revenue, 12)", 0),
        ("trailing_year(revenue)", 0),
        ("ytd(revenue)", 0),
        ("yoy(revenue)", 0),
        ("revenue > opex", 0),
        ("lag(revenue, 1)", 1),
        ("if(balance > 0, revenue, 0)", 1),
    ],
)
def test_how_a_figure_grows_with_the_period(text, grows):
    assert degree(parse_formula(text, (*KINDS, "rate")), KINDS) == grows


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("revenue - 2 * opex / 100", True),
        ("-revenue * rate", True),
        ("revenue", True),
        ("balance", False),
        ("revenue - balance", False),
        ("revenue * opex", False),
        ("revenue / opex", False),
        ("revenue + 1", False),
        ("lag(revenue, 1)", False),
    ],
)
def test_sums_of_flows_are_known(text, linear):
    assert is_linear(parse_formula(text, (*KINDS, "rate")), KINDS) is linear


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ytd(balance)", r"ytd\(\) wants a flow"),
        ("trailing_year(balance)", r"trailing_year\(\) wants a flow"),
        ("average(revenue)", r"average\(\) wants a balance"),
        ("avg2(revenue)", r"avg2\(\) wants a balance"),
        ("average(hours)", r"average\(\) wants a balance"),
    ],
)
def test_balances_are_not_added_up_over_time_and_flows_have_no_opening(text, what):
    with pytest.raises(FormulaError, match=f"^{what}$"):
        check_kinds(parse_formula(text, KINDS), KINDS)

"""Formulas of indicators: text -> a small tree of names, numbers and calls, checked, each part knowing its position."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from sqlglot import exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from kpisite.errors import did_you_mean

# A formula that needs more is a measure in disguise; the limits also keep the parser from endless depth.
LONGEST = 2000
DEEPEST = 32
MOST_TOKENS = 400
LONGEST_LAG = 1200

# Chinese input methods write full-width signs and digits; each becomes one character, so that positions stay true.
FOLDED = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | str.maketrans("×÷\u2212\u3000", "*/- ")

# Name -> fewest and most arguments.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "lag": (2, 2),
    "year_ago": (1, 1),
    "yoy": (1, 1),
    "qoq": (1, 1),
    "mom": (1, 1),
    "delta": (1, 1),
    "ytd": (1, 1),
    "rolling_sum": (2, 2),
    "rolling_avg": (2, 2),
    "trailing_year": (1, 1),
    "average": (1, 1),
    "opening": (1, 1),
    "avg2": (1, 1),
    "ann": (1, 1),
    "coalesce": (2, 9),
    "if": (3, 3),
    "min": (2, 9),
    "max": (2, 9),
    "abs": (1, 1),
}
# Their second argument counts periods.
COUNTING = ("lag", "rolling_sum", "rolling_avg")
AGGREGATES = ("sum", "avg", "count", "median", "stddev")
BINARY: Mapping[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.And: "and",
    exp.Or: "or",
}
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=", "and", "or", "not")
_SIGNS = {
    TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH, TokenType.LT, TokenType.LTE, TokenType.GT,
    TokenType.GTE, TokenType.EQ, TokenType.NEQ, TokenType.COMMA, TokenType.L_PAREN, TokenType.R_PAREN,
    TokenType.NUMBER,
}  # fmt: skip
_WORDS = {TokenType.AND, TokenType.OR, TokenType.NOT}
NO_QUOTES = "Names of measures stand without quotes."
_WORD = re.compile(r"[^\W\d]\w*")


class _Parser(DuckDBParser):
    """Knows no functions of its own: every call stays what the author wrote."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}


class _Dialect(DuckDB):
    """The signs and words of DuckDB's expressions."""

    Parser = _Parser


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A measure or a parameter."""

    name: str
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator (then named by its sign) on its arguments."""

    name: str
    args: tuple["Expression", ...]
    start: int = field(default=0, compare=False)

    @property
    def count(self) -> int:
        """The second argument of a function that counts periods."""
        last = self.args[-1]
        return int(last.value) if isinstance(last, Number) else 0


Expression = Number | Name | Call


class FormulaError(ValueError):
    """A formula that cannot be read; `start` and `end` tell where in its text."""

    def __init__(self, what: str, start: int, end: int | None = None, hint: str = "") -> None:
        """Keep the position and the hint beside the message."""
        self.start, self.end, self.hint = start, end if end is not None else start + 1, hint
        super().__init__(what)


def parse_formula(text: str, names: Collection[str]) -> Expression:
    """Read a formula over these measures and parameters."""
    return _parsed(text, tuple(names))


@lru_cache(maxsize=1024)  # the same formulas stand in every release
def _parsed(text: str, names: tuple[str, ...]) -> Expression:
    folded = text.translate(FOLDED)
    if "--" in folded or "/*" in folded:
        at = min(folded.index(sign) for sign in ("--", "/*") if sign in folded)
        raise FormulaError("a formula has no comments", at, hint="Write a - (-b) for a minus before a minus.")
    if len(folded) > LONGEST:
        raise FormulaError(f"the formula is longer than {LONGEST} characters", 0)
    tokens = _tokens(folded)
    _check_tokens(tokens, folded, names)
    try:
        tree = parse_one(folded, dialect=_Dialect)
    except ParseError as error:
        raise FormulaError("the formula cannot be read", 0, len(text)) from error
    return _convert(tree)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it."""
    yield expression
    if isinstance(expression, Call):
        for arg in expression.args:
            yield from walk(arg)


def is_measured(expression: Expression, params: Collection[str]) -> bool:
    """Does it depend on any measure, and not only on numbers that somebody has written?"""
    return any(isinstance(part, Name) and part.name not in params for part in walk(expression))


def _tokens(text: str) -> list[Token]:
    try:
        return list(_Dialect().tokenize(text))
    except SqlglotError as error:
        at = next((i for i, char in enumerate(text) if char in "'\"`"), 0)
        raise FormulaError("a formula has no quoted texts", at, hint=NO_QUOTES) from error


def _check_tokens(tokens: list[Token], text: str, names: Collection[str]) -> None:
    """What can be said better before the parser sees it: strange signs, unknown names, brackets, depth."""
    if not tokens:
        raise FormulaError("the formula is empty", 0, hint="Write one, like 100 * npl_balance / loan_balance.")
    if len(tokens) > MOST_TOKENS:
        raise FormulaError(f"the formula has more than {MOST_TOKENS} parts", 0)
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        _check_token(token, after, text, names)
    _check_brackets(tokens)
    _check_order(tokens, text)


def _check_brackets(tokens: list[Token]) -> None:
    opened: list[Token] = []
    signs = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        signs = signs + 1 if token.token_type in (TokenType.DASH, TokenType.PLUS, TokenType.NOT) else 0
        if token.token_type is TokenType.L_PAREN:
            opened.append(before if before is not None and _is_operand(before) else token)
        elif token.token_type is TokenType.R_PAREN:
            if not opened:
                raise FormulaError("')' closes nothing", token.start)
            opened.pop()
        elif token.token_type is TokenType.COMMA and (not opened or opened[-1].token_type is TokenType.L_PAREN):
            raise FormulaError("',' does not belong here", token.start, hint="Only functions take several arguments.")
        if len(opened) > DEEPEST or signs > DEEPEST:
            raise FormulaError("the formula is nested too deeply", token.start, hint="Split it into measures.")
    if opened:
        last = opened[-1]
        raise FormulaError("a '(' is never closed", last.start, last.end + 1)


def _check_order(tokens: list[Token], text: str) -> None:
    """Values and operators take turns; a sign may stand before a value."""
    wants_value = True
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        word = text[token.start : token.end + 1]
        kind = token.token_type
        is_value = _is_operand(token) or kind in (TokenType.L_PAREN, TokenType.NOT)
        if wants_value and not is_value and kind not in (TokenType.DASH, TokenType.PLUS):
            hint = "A measure or a number should stand before it."
            raise FormulaError(f"'{word}' does not belong here", token.start, token.end + 1, hint)
        if not wants_value and is_value:
            raise FormulaError(f"'{word}' does not belong here", token.start, token.end + 1, "Is an operator missing?")
        is_word = _is_operand(token) and kind is not TokenType.NUMBER
        is_function = is_word and after is not None and after.token_type is TokenType.L_PAREN
        wants_value = is_function or not (_is_operand(token) or kind is TokenType.R_PAREN)
    if wants_value:
        raise FormulaError("the formula ends too early", len(text), hint="A measure or a number should follow.")


def _is_operand(token: Token) -> bool:
    return token.token_type is TokenType.NUMBER or token.token_type not in (*_SIGNS, *_WORDS)


def _check_token(token: Token, after: Token | None, text: str, names: Collection[str]) -> None:
    start, end = token.start, token.end + 1
    if token.token_type in _SIGNS or token.token_type in _WORDS:
        return
    word = text[start:end]
    if word[0] in "'\"`":
        raise FormulaError("a formula has no quoted texts", start, end, NO_QUOTES)
    if not _WORD.fullmatch(word):
        raise FormulaError(f"'{word}' has no meaning in a formula", start, end, "Known: + - * / ( ) < <= > >= = <>.")
    if after is None or after.token_type is not TokenType.L_PAREN:
        if word not in names:
            raise FormulaError(f"there is no measure '{word}'", start, end, did_you_mean(word, names))
    elif word.lower() in AGGREGATES:
        hint = "A formula works on measures that are added up already; put the aggregate into the measure's sql."
        raise FormulaError(f"{word}() aggregates rows", start, end, hint)
    elif word.lower() not in FUNCTIONS:
        raise FormulaError(f"there is no function '{word}'", start, end, did_you_mean(word, FUNCTIONS))


def _convert(tree: exp.Expr) -> Expression:
    if isinstance(tree, exp.Paren):
        return _convert(tree.this)
    start = _start(tree)
    if isinstance(tree, exp.Literal) and not tree.is_string:
        return Number(float(tree.name), start)
    if isinstance(tree, exp.Column) and not tree.args.get("table"):
        return Name(tree.name, start)
    if isinstance(tree, exp.Neg | exp.Not):
        name = "neg" if isinstance(tree, exp.Neg) else "not"
        return Call(name, (_convert(tree.this),), start)
    if isinstance(tree, exp.Anonymous):
        return _call(tree, start)
    sign = BINARY.get(type(tree))
    if sign is None:
        raise FormulaError("only names, numbers, operators and functions belong in a formula", start)
    # The position of an operator is that of its right side: the parser keeps no other.
    return Call(sign, (_convert(tree.this), _convert(tree.expression)), _start(tree.expression))


def _call(tree: exp.Anonymous, start: int) -> Call:
    name = tree.name.lower()
    args = tuple(_convert(arg) for arg in tree.expressions)
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(args) <= most:
        wanted = f"{fewest} to {most} arguments" if fewest != most else f"{fewest} argument{'s' * (fewest != 1)}"
        raise FormulaError(f"{name}() takes {wanted} and got {len(args)}", start, start + len(name))
    if name in COUNTING:
        count = args[1]
        if not isinstance(count, Number) or count.value != int(count.value) or not 1 <= count.value <= LONGEST_LAG:
            what = f"{name}() counts whole periods back"
            raise FormulaError(what, start, start + len(name), f"Write a number from 1 to {LONGEST_LAG}.")
    return Call(name, args, start)


def _start(tree: exp.Expr) -> int:
    """The leftmost position known of a tree."""
    return min((node.meta["start"] for node in tree.walk() if "start" in node.meta), default=0)

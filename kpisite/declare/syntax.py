"""What the YAML parser could not read, in the words of someone who writes YAML."""

import re
from dataclasses import dataclass

import yaml

# Everything YAML 1.2 calls not printable.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_QUOTE = "Put the text in quotes."
_COLON = "Write 'key: value' with a space after the colon, and put a text that holds ': ' in quotes."
_INDENT = "Indent the keys of one mapping by the same number of spaces."

# Words of libyaml, then of the pure parser | what is wrong | what to do. {line} is where the broken part begins.
_MISTAKES: tuple[tuple[str, str, str], ...] = (
    (r"mapping values are not allowed", "a second ':' in one line, or a line indented too far", _COLON),
    (r"could not find expected ':'", "a ':' is missing after this key", _COLON),
    (
        r"',' or '\]'",
        "the list opened with '[' in line {line} is not closed before this",
        "Add the missing ',' or ']'.",
    ),
    (
        r"',' or '\}'",
        "the mapping opened with '{{' in line {line} is not closed before this",
        "Add the missing ',' or '}'.",
    ),
    (
        r"unexpected end of stream|unexpected document (separator|indicator)",
        "the quote opened in line {line} is not closed",
        "Add the closing quote.",
    ),
    (
        r"unknown escape character",
        "an unknown escape in a text in double quotes",
        "Use single quotes, or double the backslash.",
    ),
    (r"block end.*found '-'|(block )?sequence entries are not allowed", "a list item where none can stand", _INDENT),
    (r"expected '-' indicator", "a list is followed by something that is no list item", _INDENT),
    (r"did not find expected key|expected <block end>", "this line does not fit the lines above it", _INDENT),
    (r"(did not find expected|expected the) node content", "a value is missing here", _QUOTE),
    (r"mapping keys are not allowed", "'?' and ':' have a meaning of their own in YAML", _QUOTE),
    (r"found unexpected ':'", "a ':' inside a text without quotes", _QUOTE),
    (
        r"undefined tag handle|non-alphabetical|whitespace or line break",
        "'!' and '%' have a meaning of their own in YAML",
        _QUOTE,
    ),
    (r"alphabetic or numeric character", "'*' and '&' have a meaning of their own in YAML", _QUOTE),
    (r"document start", "the document has ended above this line", "Remove the line of '...'."),
    (
        r"comment or line break|chomping or indentation",
        "the text after '|' or '>' begins in the next line",
        "Move it there, indented.",
    ),
)
# The place of these is where the part began, not where the parser gave up.
_FROM_THE_START = ("unexpected end of stream", "unexpected document ", "could not find expected ':'")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A syntax mistake: line and column from 1, what is wrong, and what to do about it."""

    line: int
    col: int
    what: str
    hint: str


def unprintable(text: str) -> tuple[int, int, str] | None:
    """The first character that cannot stand in YAML: line, column and code point."""
    found = _UNPRINTABLE.search(text)
    if found is None:
        return None
    start = found.start()
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), f"U+{ord(found.group()):04X}"


def explain(error: yaml.MarkedYAMLError, text: str, lines_before: int = 0) -> Mistake:
    """Say where and what the mistake is; lines that are named in words count those before the text, too."""
    words = error.problem or ""
    mark = error.problem_mark or error.context_mark
    begun = error.context_mark or mark
    if mark is None or begun is None:
        return Mistake(1, 1, f"this is not YAML: {words}", "")
    if any(part in words for part in _FROM_THE_START):
        mark = begun
    what, hint = _words(words, _character(text, mark.line, mark.column), begun.line + 1 + lines_before)
    return Mistake(mark.line + 1, mark.column + 1, what, _full_width(text, mark.line, lines_before) or hint)


def _words(words: str, character: str, line: int) -> tuple[str, str]:
    if "tab character" in words or (character == "\t" and "cannot start any token" in words):
        return "a tab stands where YAML wants spaces", "Indent with spaces."
    if "cannot start any token" in words:
        return f"a text cannot begin with '{character}'", _QUOTE
    for pattern, what, hint in _MISTAKES:
        if re.search(pattern, words):
            return what.format(line=line), hint
    return f"this is not YAML: {words}", ""


def _character(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line][column : column + 1] if line < len(lines) else ""


# Signs that are easily typed in Chinese text and that YAML does not see; what they are followed or preceded by.
_FULL_WIDTH = (
    (re.compile(r"(^|[{,])\s*[\w-]+："), "：", ": "),
    (re.compile(r"，\s*[\w-]+\s*[:：]"), "，", ", "),
)


def _full_width(text: str, line: int, lines_before: int) -> str:
    """The advice about a full-width sign in the broken line, or in the one above it."""
    lines = text.splitlines()
    for number in (line, line - 1):
        for pattern, wide, narrow in _FULL_WIDTH if 0 <= number < len(lines) else ():
            if pattern.search(lines[number]):
                return f"In line {number + 1 + lines_before} write '{narrow}' instead of the full-width '{wide}'."
    return ""

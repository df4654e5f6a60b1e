"""Writes docs/reference/declarations.md from the models that read the declarations: python docs/make_reference.py."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DECLARE = ROOT / "kpisite" / "declare"
# The whole first, then its parts; each file is told from its end, where what it is about stands.
MODELS = tuple(DECLARE / f"{name}.py" for name in ("model", "plans", "targets", "indicators", "sources", "settings"))
PAGE = ROOT / "docs" / "reference" / "declarations.md"
WORDS = {"dt.date": "Day", "str": "text", "float": "Number", "int": "Whole", "bool": "yes or no"}
HEAD = """\
# Declarations

<!-- Written by docs/make_reference.py from the models in kpisite/declare; do not edit. -->

`site.yaml` holds the sections `site`, `report`, `sources`, `targets`, `competitors`, `controls`, `scoring`, `lines`,
`bank`, `pages`, `units` and `params`.
Everything else stands in `content/`: YAML files with any of the sections of [Site](#site),
and Markdown files whose front matter is one declaration and whose text belongs to it
(`content/products/<id>.md`, `content/plans/<id>.md`, `content/families/<id>.md`, `content/indicators/<id>.md`,
`content/pages/<id>.md`).
The text below the front matter is in the site's first language; `<id>.en.md` beside it holds it in English.

YAML is read strictly: no duplicate keys, no tags, no aliases; `no`, `off`, `007` and `2025-12` are texts.
Unknown keys are refused with the name that was probably meant.

Words used below: **Words** is a text, or one text per language (`{zh: ..., en: ...}`);
**Id** is lower case with hyphens; **Name** is one word of letters, digits and `_`;
**Month** is a month like `2025-12` (a quarter or a year stands for its last month); **Day** is a day like `2025-12-31`;
**Number** and **Whole** are numbers, `dict[Id, X]` is a mapping of ids to X, `list[X]` a list.

"""


def page() -> str:
    """The whole page as text."""
    return HEAD + "\n".join(section for file in MODELS for section in _sections(file.read_text(encoding="utf-8")))


def _sections(source: str) -> Iterator[str]:
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ClassDef):
            yield _section(node, lines)


def _section(node: ast.ClassDef, lines: list[str]) -> str:
    rows = [_row(field, lines) for field in node.body if isinstance(field, ast.AnnAssign) and _is_key(field)]
    text = "\n".join(line.strip() for line in (ast.get_docstring(node) or "").splitlines())
    table = ["| key | shape | default | |", "| --- | --- | --- | --- |", *rows]
    return f"## {node.name}\n\n{text}\n\n" + "\n".join(table) + "\n"


def _is_key(field: ast.AnnAssign) -> bool:
    """What the program fills in itself is no key for authors."""
    return ast.unparse(field.target) not in ("bodies", "places")


def _row(field: ast.AnnAssign, lines: list[str]) -> str:
    name = ast.unparse(field.target)
    default = ast.unparse(field.value) if field.value else ""
    alias = re.search(r"alias='([^']+)'", default)
    if default.startswith("Field("):
        found = re.search(r"default=([^,)]+)", default)
        default = found[1] if found else ""
    comment = lines[(field.end_lineno or field.lineno) - 1].partition("  # ")[2]
    shape = ast.unparse(field.annotation).replace("|", "\\|")
    shown = f"`{_plain(default)}`" if _plain(default) else "" if default else "needed"
    return f"| `{alias[1] if alias else name}` | {_shape(shape)} | {shown} | {comment} |"


def _plain(default: str) -> str:
    """A default as an author would write it."""
    return {"Text()": "", "None": "", "True": "true", "False": "false", "()": "[]"}.get(
        default, default.replace("'", "")
    )


def _choices(found: re.Match[str]) -> str:
    return " or ".join(f"`{word.strip(chr(39))}`" for word in found[1].split(", "))


def _shape(shape: str) -> str:
    """A type in words for authors."""
    shape = re.sub(r"Annotated\[(\w+), .*?\)\]", r"\1", shape)
    shape = re.sub(r"Literal\[(.*?)\]", _choices, shape)
    shape = shape.replace(" \\| None", "").replace("tuple[", "list[").replace(", ...]", "]")
    for word, said in (
        ("dt.date", "Day"),
        ("str", "text"),
        ("float", "Number"),
        ("int", "Whole"),
        ("bool", "yes or no"),
    ):
        shape = re.sub(rf"\b{re.escape(word)}\b(?!`)", said, shape)
    return shape


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")

"""The look of a site: templates, texts, style sheet and scripts, from the theme's folder and the site's own templates/.

A site changes the look by files of the same name below its `templates/` folder:

- `templates/<name>.html` takes the place of the theme's template; the theme's own stays there as `theme:<name>.html`,
  so that `{% extends "theme:base.html" %}` changes only the blocks it names;
- `templates/locale/<lang>.yaml` changes single texts, or adds a language with all of them;
- `templates/static/...` adds or replaces files; style sheets in `templates/static/css/` come after the theme's;
- `templates/charts/<kind>.json` is a Vega-Lite specification that replaces a kind of chart or adds one.

Templates get one object, `page`, and the globals `t` (the texts of the page's language) and `lang`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    UndefinedError,
)

from kpisite.errors import AuthorError, Place, Problem
from kpisite.render import marks
from kpisite.render.jinja import Templates
from kpisite.render.prepare import Preparation, cache_for
from kpisite.render.template_faults import author_error, check_templates
from kpisite.render.texts import Words, read_texts

PLAIN = Path(__file__).parent.parent / "themes" / "plain"
OWN = "templates"


class Printable(Protocol):
    """Any page: its class names the template, and `html_lang` or `lang` its language."""

    @property
    def template(self) -> str:
        """The name of its template."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything that gives pages their look; texts are nested dictionaries by language."""

    environment: Environment
    own: Path  # the site's own templates
    texts: Mapping[str, Words]
    spoken: Mapping[str, SimpleNamespace]  # the same texts, for `t.nav.products` in templates
    files: tuple[tuple[str, bytes], ...]  # below assets/, without what is still being prepared
    own_kinds: Mapping[str, Any]
    preparation: Preparation

    def text(self, page: Printable, lang: str) -> str:
        """Print a page with its template and the texts of a language."""
        template = self.environment.get_template(page.template)
        try:
            return template.render(page=page, t=self.spoken[lang], lang=lang)
        except UndefinedError as error:
            raise author_error(error, self.own) from error

    def assets(self) -> Iterator[tuple[str, bytes]]:
        """Every file of a version's assets folder: path below it, and content."""
        yield from self.files
        kinds = json.dumps(self.preparation.kinds() | dict(self.own_kinds), sort_keys=True, separators=(",", ":"))
        yield "kinds.js", f"KPISITE.kinds({kinds});\n".encode()
        yield "vega.js", self.preparation.bundle()


def load_theme(root: Path, cache: Path | None = None) -> Theme:
    """The theme of the site in this folder; raises AuthorError if the site's own texts or charts cannot be read."""
    own, cache = root / OWN, cache or cache_for(root)
    problems: list[Problem] = []
    texts = read_texts(PLAIN / "locale", own / "locale", problems)
    kinds = _own_kinds(own / "charts", problems)
    environment = _environment(own, cache)
    check_templates(environment, own, problems)
    if problems:
        raise AuthorError(problems)
    return Theme(
        environment=environment,
        own=own,
        texts=texts,
        spoken={lang: _spoken(words) for lang, words in texts.items()},
        files=tuple(_static(PLAIN / "static", own / "static")),
        own_kinds=kinds,
        preparation=Preparation(cache),
    )


def _environment(own: Path, cache: Path) -> Environment:
    theme = FileSystemLoader(PLAIN / "templates")
    loader = ChoiceLoader([FileSystemLoader(own), theme, PrefixLoader({"theme": theme}, delimiter=":")])
    environment = Templates(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=FileSystemBytecodeCache(str(cache)) if cache.is_dir() else None,
    )
    environment.filters["facts"] = marks.fact_list
    return environment


def _spoken(words: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        **{key: _spoken(value) if isinstance(value, dict) else value for key, value in words.items()}
    )


def _static(theme: Path, own: Path) -> Iterator[tuple[str, bytes]]:
    """All static files by path, the site's own before the theme's; style sheets are one, in order of their names."""
    found = _below(theme) | _below(own)
    sheets = [path for path in found if path.startswith("css/")]
    yield "site.css", b"\n".join([found[path].read_bytes() for path in sorted(sheets)])
    for path in sorted(set(found) - set(sheets)):
        yield path, found[path].read_bytes()


def _below(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _own_kinds(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    kinds = {}
    for path in sorted(folder.glob("*.json")):
        try:
            kinds[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            place = Place(f"{OWN}/charts/{path.name}", error.lineno, error.colno)
            problems.append(
                Problem(place, f"this is not JSON: {error.msg}", "A chart kind is one Vega-Lite specification.")
            )
    return kinds

"""Mistakes in a site's own templates, told to their authors by file and line."""

import traceback
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, UndefinedError, nodes

from kpisite.errors import AuthorError, Place, Problem, did_you_mean


def check_templates(environment: Environment, own: Path, problems: list[Problem]) -> None:
    """Note every template of the site that cannot be parsed or that names a template which does not exist."""
    known = environment.list_templates()
    for path in sorted(own.rglob("*.html")):
        name = path.relative_to(own).as_posix()
        try:
            tree = environment.parse(path.read_text(encoding="utf-8"), name, str(path))
        except TemplateSyntaxError as error:
            what = (error.message or "this is no template").rstrip(".")
            place = Place(_shown(own, path), error.lineno)
            problems.append(Problem(place, f"{what[0].lower()}{what[1:]}", "", "template-syntax"))
            continue
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            named = getattr(node, "template", None)
            if isinstance(named, nodes.Const) and isinstance(named.value, str) and named.value not in known:
                what = f"there is no template '{named.value}'"
                hint = did_you_mean(named.value, known)
                problems.append(Problem(Place(_shown(own, path), node.lineno), what, hint, "template-unknown"))


def author_error(error: UndefinedError, own: Path) -> Exception:
    """The error as an author's mistake if it happened in a template of the site; else as it is, a bug of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(own)]
    if not inside:
        return error
    place = Place(_shown(own, Path(inside[-1].filename)), inside[-1].lineno or 0)
    hint = "The fields of a page are listed in kpisite/render/pages.py."
    return AuthorError([Problem(place, error.message or "something is undefined", hint, "template-field")])


def _shown(own: Path, path: Path) -> str:
    return path.relative_to(own.parent).as_posix()

"""Jinja as it is used here: every template looked up once, and plain words printed without a detour."""

import re
from collections.abc import MutableMapping
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

_SPECIAL = re.compile("[&<>\"']").search


def printed(value: object) -> str:
    """What a template prints of a value, escaped: most are words in which there is nothing to escape."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, str) and _SPECIAL(value) is None:
        return value
    return escape(value)


class _Code(CodeGenerator):
    """Compiled templates that ask `printed`: escaping makes a new text of every word, half a million in a site."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - Jinja's own
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(")


class Templates(Environment):
    """Templates that do not change while a site is built: each is looked up once, though every page asks for four."""

    code_generator_class = _Code
    printed = staticmethod(printed)

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - what jinja2 takes
        """None has been asked for yet."""
        super().__init__(**settings)
        self.found: dict[str, Template] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """The template of this name; it may be one already."""
        if not isinstance(name, str) or globals is not None:
            return super().get_template(name, parent, globals)
        if name not in self.found:
            self.found[name] = super().get_template(name, parent)
        return self.found[name]

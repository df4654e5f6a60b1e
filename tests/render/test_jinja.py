"""What templates print is escaped exactly as Jinja escapes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from kpisite.render.jinja import Templates, printed


@given(st.one_of(st.text(), st.text(alphabet="<>&\"'a "), st.integers(), st.floats(), st.none()))
def test_anything_is_printed_as_escaped(value):
    assert printed(value) == escape(value)


def test_what_is_marked_up_already_is_left_alone():
    assert printed(Markup("<b>&amp;</b>")) == "<b>&amp;</b>"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ x }}", "&lt;i&gt;&#39;&#34;"),
        ("{{ x|safe }}", "<i>'\""),
        ("{{ x ~ '&' }}", "&lt;i&gt;&#39;&#34;&amp;"),
        ("{% set y %}{{ x }}{% endset %}{{ y }}", "&lt;i&gt;&#39;&#34;"),
        ("{% macro m(a) %}<p>{{ a }}</p>{% endmacro %}{{ m(x) }}", "<p>&lt;i&gt;&#39;&#34;</p>"),
        ("{{ x|upper }}", "&lt;I&gt;&#39;&#34;"),
        ("{% autoescape false %}{{ x }}{% endautoescape %}", "<i>'\""),
    ],
)
def test_templates_escape_once(template, expected):
    environment = Templates(loader=DictLoader({"page": template}), autoescape=True)

    assert environment.get_template("page").render(x="<i>'\"") == expected


def test_what_is_not_there_is_an_error():
    environment = Templates(loader=DictLoader({"page": "{{ x }}"}), autoescape=True, undefined=StrictUndefined)

    with pytest.raises(UndefinedError):
        environment.get_template("page").render()

"""Reads the parts of a page back as plain text."""

import re

from markupsafe import Markup


def rows(table):
    """The cells of a table as text, row by row."""
    found = re.findall(r"<tr>(.*?)</tr>", str(table.body), re.S)
    return [[Markup(cell).striptags() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)] for row in found]


def facts(found):
    return {fact.label: Markup(fact.value).striptags() for fact in found}


def markup_in(value):
    """All the ready-made HTML within a part of a page."""
    if isinstance(value, Markup):
        return str(value)
    if isinstance(value, tuple):
        return "".join(map(markup_in, value))
    names = getattr(value, "__dataclass_fields__", ())
    return "".join(markup_in(getattr(value, name)) for name in names)

"""The few forms that all static charts are made of: drawings as wide as their place, without any style of their own.

A drawing keeps the size of its letters at any width: a stretched inner one holds lines and bands (their strokes do
not scale), letters and points stand at percentages of the width. Only classes are written, so that the strict CSP
holds; the symbols of the points are defined once for each page, in base.html.
"""

from markupsafe import Markup, escape

GLYPHS = {"green": "●", "amber": "▲", "red": "■", "grey": "○"}


def drawing(name: str, height: float, label: str, inside: str) -> Markup:
    """A whole drawing with a name for those who cannot see it."""
    return Markup(
        f'<svg class="{name}" width="100%" height="{height:g}" role="img" aria-label="{escape(label)}">{inside}</svg>'
    )


def stretched(width: float, height: float, inside: str) -> str:
    """Lines and bands, in units of their own from left to right and in pixels from top to bottom."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="100%" height="{height:g}" preserveAspectRatio="none">'
        f"{inside}</svg>"
    )


def path(name: str, parts: str) -> str:
    """One path; nothing where there is nothing to draw."""
    return f'<path class="{name}" d="{parts}"/>' if parts else ""


def text(name: str, x: str, y: float, words: str) -> str:
    """A lettering at a place from left (with its unit) and top."""
    return f'<text class="{name}" x="{x}" y="{y:g}">{escape(words)}</text>'


def point(status: str, x: str, y: str) -> str:
    """A point shaped and coloured by status, at a percentage from left and in pixels from top."""
    return f'<use href="#mark-{status}" class="{status}" x="{x}%" y="{y}"/>'

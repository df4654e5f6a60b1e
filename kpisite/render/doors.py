"""The pages outside the versions: they have no language of their own and only lead on."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on from a page without language: a version's summary in one language."""

    lang: str
    html_lang: str
    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """public/index.html: leads to the newest version in the reader's language, else in the first.

    With JavaScript the reader's language decides; the meta refresh leads to `href` a moment later, or is left to
    the links.
    """

    template: ClassVar[str] = "chooser.html"

    html_lang: str
    title: str
    href: str
    assets: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A stable address below public/latest/: leads to the newest version's page by meta refresh and by a link."""

    template: ClassVar[str] = "redirect.html"

    html_lang: str
    title: str
    href: str
    words: str

"""Secrets: they come from the environment, and no message repeats them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

VARIABLE = re.compile(r"\$\{(\w+)\}")


class NotSetError(Exception):
    """An environment variable that is named and not set; the message is its name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Texts that no message may hold."""

    texts: frozenset[str] = frozenset()

    def also(self, text: str | None) -> "Kept":
        """Keep one more."""
        return Kept(self.texts | {text, quote(text, safe=""), quote_plus(text)}) if text else self

    def out_of(self, message: str) -> str:
        """The message with stars for every secret."""
        for text in sorted(self.texts, key=lambda one: (-len(one), one)):
            message = message.replace(text, "***")
        return message


def filled(text: str, environment: Mapping[str, str] | None = None) -> tuple[str, Kept]:
    """The text with its ${NAMES} filled in, and what must be kept; raises NotSetError."""
    known = os.environ if environment is None else environment
    kept = Kept()
    for name in VARIABLE.findall(text):
        if not known.get(name):
            raise NotSetError(name)
        kept = kept.also(known[name])
    return VARIABLE.sub(lambda found: known[found[1]], text), kept

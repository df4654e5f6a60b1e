"""Text in several languages; numbers, units and dates as each language writes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """What an author wrote for readers: one string for all languages (key "") or one for each."""

    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: "str | dict[str, str] | Text") -> "Text":
        """Make a Text from a plain string or from {language: string}."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls((("", value),))
        return cls(tuple(sorted(value.items())))

    def in_(self, language: str) -> str:
        """The text in this language; else the common one; else the first there is."""
        found = dict(self.values)
        if language in found:
            return found[language]
        if "" in found:
            return found[""]
        return self.values[0][1] if self.values else ""

    def __bool__(self) -> bool:
        """Is anything written at all?"""
        return any(text for _, text in self.values)

    def plain(self) -> str | dict[str, str]:
        """The form an author writes: a string, or {language: string}."""
        found = dict(self.values)
        return found[""] if set(found) == {""} else found

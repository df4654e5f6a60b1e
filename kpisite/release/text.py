"""Arrays as columns of text and back: shortest numbers that read back the same, empty where there is none."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kpisite.languages import Text

Floats = npt.NDArray[np.float64]


def number(value: float) -> str:
    """The shortest text that reads back as this number, without a needless '.0'; empty for NaN."""
    return numbers(np.array([value]))[0]


def numbers(values: Floats) -> list[str]:
    """The same for every cell of an array."""
    if not values.size:
        return []
    # The list is printed in one go and cut up again: several times faster than number by number.
    text = repr((values.ravel() + 0.0).tolist())[1:-1] + ", "
    return text.replace(".0, ", ", ").replace("nan, ", ", ").split(", ")[:-1]


def few_numbers(values: Floats) -> list[str]:
    """The same where few different numbers come again and again, such as targets and scores."""
    found, where = np.unique(values.ravel(), return_inverse=True)
    texts: list[str] = np.array(numbers(found), dtype=object)[where].tolist()
    return texts


def words(codes: npt.NDArray[Any], names: Sequence[str]) -> list[str]:
    """The names of all cells of an array of codes or flags."""
    found: list[str] = np.array(names, dtype=object)[codes.ravel().astype(np.intp)].tolist()
    return found


def read_numbers(texts: Sequence[str]) -> Floats:
    """Numbers from their texts, NaN where there is none."""
    return np.array([float(text or "nan") for text in texts], dtype=np.float64)


def read_few(texts: Sequence[str], known: Mapping[str, Any] | None = None) -> list[Any]:
    """The same where few different texts come again and again; what they stand for may be given."""
    if known is None:
        known = {text: float(text or "nan") for text in set(texts)}
    return [known[text] for text in texts]


def as_json(value: object) -> str:
    """JSON made for `git diff`: one value a line, in the order given."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def text_cell(text: Text) -> str:
    """A text in one cell: as it is if it is the same for all languages, else as JSON."""
    if not text.values:
        return ""
    plain = text.plain()
    if isinstance(plain, str) and plain and not plain.startswith(("{", '"')):
        return plain
    return json.dumps(plain, ensure_ascii=False)


def read_text_cell(cell: str) -> Text:
    """A text back from its cell."""
    if not cell:
        return Text()
    return Text.of(json.loads(cell)) if cell.startswith(("{", '"')) else Text.of(cell)

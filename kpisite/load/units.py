"""Units as people write them behind, before and above numbers: what one of them counts."""

import re
from collections.abc import Iterable
from decimal import Decimal

# What a number is multiplied by when it is written in this unit. Chinese groups by four digits.
SCALES = {
    "": Decimal(1),
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10) ** 4,
    "十万": Decimal(10) ** 5,
    "百万": Decimal(10) ** 6,
    "千万": Decimal(10) ** 7,
    "亿": Decimal(10) ** 8,
    "十亿": Decimal(10) ** 9,
    "百亿": Decimal(10) ** 10,
    "千亿": Decimal(10) ** 11,
    "万亿": Decimal(10) ** 12,
    "K": Decimal(1000),
    "k": Decimal(1000),
    "M": Decimal(10) ** 6,
    "mn": Decimal(10) ** 6,
    "bn": Decimal(10) ** 9,
}
SHARES = {"%": Decimal("0.01"), "‰": Decimal("0.001"), "bp": Decimal("0.0001"), "bps": Decimal("0.0001")}
CODES = ("CNY", "RMB", "USD", "EUR", "GBP", "HKD")
SIGNS = "¥$€£"  # NFKC has folded the full-width ones
WORDS = (*CODES, "元", "人民币", "人民币元", "美元", "欧元", "港元")
COUNTED = ("户", "人", "笔", "件", "次", "个", "张", "家", "分", "天", "小时", "分钟", "台")


def _one_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)


_FRONT = rf"(?P<front>{_one_of((*CODES, *SIGNS))})?\s*"
_UNIT = re.compile(rf"{_FRONT}(?P<scale>{_one_of(SCALES)})?\s*(?P<word>{_one_of((*WORDS, *COUNTED))})?")
_QUANTITY = re.compile(rf"(?P<sign>[-+]?)\s*{_FRONT}(?P<number>[-+]?[\d.,]+)\s*(?P<unit>[^\d\s.,].*)?")


def factor_of(unit: str) -> Decimal | None:
    """What one of this unit counts: 万元 10,000, % 0.01; None for what is no unit known here."""
    unit = unit.strip()
    if unit in SHARES:
        return SHARES[unit]
    match = _UNIT.fullmatch(unit)
    return SCALES[match.group("scale") or ""] if match and unit else None


def split_unit(text: str) -> tuple[str, str] | None:
    """A number and the unit written around it, as ("1.2", "万") for 1.2万; None where there is no known unit."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    unit = (match.group("front") or "") + (match.group("unit") or "").strip()
    if not unit or factor_of(unit) is None:
        return None
    return match.group("sign") + match.group("number"), unit

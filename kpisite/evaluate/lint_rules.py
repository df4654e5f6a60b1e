"""The rules by which declarations are looked over: what each one finds, why it matters and how to mend it.

The table is the only place where a rule's words stand: messages, the reference page and the panel of a figure's page
are made from it. A rule that the build itself enforces is named here with the build's own code and never told twice.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]
Letter = Literal["S", "M", "A", "R", "T", ""]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `levels` are those its findings have, `letter` the letter of SMART it belongs to.

    `by_build` are the codes of the errors by which a build enforces the rest of the rule.
    """

    id: str
    levels: tuple[Level, ...]
    finds: str
    why: str
    how: str
    letter: Letter = ""
    by_build: tuple[str, ...] = ()


RULES = (
    Rule(
        "T-S1",
        ("error", "warning"),
        "a key indicator that nobody owns (error) or that is not explained (warning)",
        "A target without an owner is nobody's target, and a figure that readers cannot look up is not specific.",
        "Name an 'owner' with the target, the product or the indicator; write the indicator's 'meaning'.",
        "S",
        ("missing-language",),
    ),
    Rule(
        "T-S2",
        ("warning",),
        "a rationale in vague words ('improve', 'as much as possible', 尽量, 进一步提升, 加强) without any number",
        "Words of degree can be read as anything; a number can be checked.",
        "Say by how much, from which level, or by when.",
        "S",
    ),
    Rule(
        "T-M1",
        ("error",),
        "a key indicator without a delivered value in its last two periods",
        "What is not measured cannot be judged; the product's score leaves it out.",
        "Deliver the data, or move the indicator to 'monitor' until they are there.",
        "M",
        ("bad-type", "missing-key", "zero-target-needs-tolerance"),
    ),
    Rule(
        "T-M2",
        ("warning",),
        "a target finer than the figures shown, or a tolerance below half of their last decimal",
        "Values are rounded before they are compared: such a target is never met exactly, or nothing can be amber.",
        "Round the target, widen the tolerance, or show more 'decimals'.",
        "M",
    ),
    Rule(
        "T-M3",
        ("warning",),
        "a tolerance below half of the mean change from month to month",
        "The status flips on noise, and people chase it.",
        "Widen the tolerance, or report at a longer grain.",
        "M",
    ),
    Rule(
        "T-A1",
        ("error",),
        "a target outside the indicator's natural bounds",
        "It can never be met.",
        "Correct the target, or the indicator's 'bounds'.",
        "A",
    ),
    Rule(
        "T-A2",
        ("warning",),
        "a target without a rationale that asks for more than nine in ten such times have brought, "
        "or whose chance is below 10 %",
        "A target that cannot be reached tells nothing but its own wish.",
        "Write a 'rationale' that says what will be different, or move the target or its month.",
        "A",
    ),
    Rule(
        "T-A3",
        ("warning",),
        "a target that was already met by a tolerance or more when it was approved, or in each of the last six periods",
        "A target that is met before it begins asks for nothing.",
        "Set it from the present level on, or write a 'rationale' for holding the level.",
        "A",
    ),
    Rule(
        "T-R1",
        ("error", "warning"),
        "a target weaker than the regulatory limit (error), or than its own baseline without a rationale (warning)",
        "Being on target must never mean being over the limit; a step back needs its reason.",
        "Tighten the target, or write a 'rationale'.",
        "R",
    ),
    Rule(
        "T-R2",
        ("warning",),
        "a weight of 0, or a key indicator that is red for two periods while no open plan touches it",
        "What weighs nothing is not key; what stays red without a plan stays red.",
        "Move it to 'monitor', or open a plan that names the indicator.",
        "R",
        ("unknown-family",),
    ),
    Rule(
        "T-T1",
        ("error", "warning"),
        "a target month before its approval (error); none at all, none at the end of the indicator's cadence, "
        "more than 18 months away, or past without a successor (warnings)",
        "A target without an end is never missed.",
        "Write 'by' with the month in which the target is to be met, and the next target with its 'from'.",
        "T",
    ),
    Rule(
        "T-T2",
        ("warning",),
        "a target, or an open action of a plan, that reaches beyond the end of its product",
        "After its end nothing of a product is due, so nobody will see whether it was reached.",
        "Bring it forward, hand it over to a product that goes on, or correct 'ended'.",
        "T",
    ),
    Rule(
        "K-1",
        ("error", "warning"),
        "a product with fewer than 5 or more than 12 key indicators (warning), or more than 15 (error)",
        "Who watches everything watches nothing; too few hide a side of the product.",
        "Keep what decides as 'key' and move the rest to 'monitor'.",
    ),
    Rule(
        "K-2",
        ("warning",),
        "a weight below 3 or above 30",
        "Below 3 it cannot move the score, above 30 it is the score.",
        "Spread the weights between 3 and 30; their sum is 100.",
        "",
        ("weights",),
    ),
    Rule(
        "K-3",
        ("warning",),
        "key indicators of a product in fewer than five of nine families, with more than 45 % of the weight in one, "
        "or without customer satisfaction or risk",
        "A score can be high because a whole side of the product is not looked at.",
        "Add a key indicator of the family that is missing, or shift weight.",
    ),
    Rule(
        "K-4",
        ("warning",),
        "fewer than 30 % leading indicators among the key ones of a product",
        "Lagging figures tell what has happened; only leading ones leave time to act.",
        "Add key indicators that are 'leading: true'.",
    ),
    Rule(
        "K-5",
        ("info",),
        "two key indicators of a product that move as one (rank correlation above 0.95 over twelve changes or more)",
        "They count one thing twice.",
        "Keep one, and watch the other.",
    ),
    Rule(
        "D-1",
        ("warning",),
        "a measure or a param that no indicator uses",
        "It is delivered and maintained for nothing, or a formula has forgotten it.",
        "Use it, or remove it.",
        "",
        ("formula", "units", "unknown-measure"),
    ),
    Rule(
        "D-2",
        ("error",),
        "a formula that differs from the last published one without a new version of the definition",
        "Published figures were computed otherwise; without a version readers take the change for news.",
        "Add an entry to 'definitions' with its 'valid_from' and 'reason'.",
    ),
    Rule(
        "D-3",
        ("error",),
        "a target or weight of a published month that differs from what was published",
        "Moving the target after the shot changes how the past was judged.",
        "Bring the old target back, and add the new one with its 'from'.",
    ),
    Rule(
        "L-1",
        ("error",),
        "an exception without a reason",
        "An exception that nobody can defend is a hidden mistake.",
        "Write the 'reason'.",
    ),
    Rule(
        "L-2",
        ("warning",),
        "an exception that excepts nothing, or from a rule that there is not",
        "It would silence the next, real finding.",
        "Remove it, or correct its 'rule' and 'where'.",
    ),
)
BY_ID = {rule.id: rule for rule in RULES}
# The letters of SMART in their order.
SMART: tuple[Letter, ...] = ("S", "M", "A", "R", "T")

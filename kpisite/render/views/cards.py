"""Cards and tables of practices, plans and actions, for every page that shows them."""

from collections.abc import Iterable, Sequence
from functools import partial

from markupsafe import Markup

from kpisite.declare.model import Plan
from kpisite.render import marks
from kpisite.render.board import CLOSED_ACTIONS, LATE_ACTIONS, touched
from kpisite.render.edition import Edition
from kpisite.render.parts import Link, PlanCard, PracticeCard, Table

# Names of products in one cell.
MOST_COVERED = 12
# A plan's decision that ends its round; "continue" does not.
DECISIONS = ("standardise", "adjust", "stop")
DONE_ACTIONS = ("done", "done-late")
WAITING_ACTIONS = ("planned", "overdue-start", "cancelled")


def practice_href(practice: str, root: str) -> str:
    """The place of a practice in the playbook."""
    return f"{root}playbook/index.html#{practice}"


def practice_cards(e: Edition, practices: Iterable[str], root: str) -> tuple[PracticeCard, ...]:
    """Practices with what they move, what they cost, and the plans that use them."""
    return tuple(e.once(("practice", id_, root), partial(_practice, e, id_, root)) for id_ in practices)


def _practice(e: Edition, id_: str, root: str) -> PracticeCard:
    one = e.site.practices[id_]
    steps = one.steps.get(e.lang) or next((one.steps[lang] for lang in sorted(one.steps)), ())
    moves = [(i, e.t["arrow"][one.moves[i]]) for i in e.report.indicators if i in one.moves]
    low, high = one.months
    return PracticeCard(
        anchor=id_,
        name=e.say(one.name),
        href=practice_href(id_, root),
        text=e.say(one.text),
        family=e.to_family(e.report.families.index(one.family), root),
        moves=tuple((e.indicator_links([i], root)[0], word) for i, word in moves),
        steps=tuple(steps),
        effort=e.t["effort"][one.effort],
        months=e.t["say"]["months"].format(low=low, high=high),
        plans=tuple(e.to_plan(plan, root) for plan in e.board.uses.get(id_, ())),
    )


def plan_cards(e: Edition, plans: Iterable[str], root: str, *, of: str = "") -> tuple[PlanCard, ...]:
    """Plans with whose they are and how far they have come; the pages of product `of` need not name it."""
    return tuple(_plan(e, id_, root, of) for id_ in plans)


def _plan(e: Edition, id_: str, root: str, of: str) -> PlanCard:
    plan = e.site.plans[id_]
    link = e.to_plan(id_, root)
    statuses = [e.board.action_status[id_, action] for action in plan.actions]
    due = [plan.actions[a].due for a in plan.actions if e.board.action_status[id_, a] not in CLOSED_ACTIONS]
    facts = {
        "total": len(statuses),
        "done": sum(status in DONE_ACTIONS for status in statuses),
        "late": sum(status in LATE_ACTIONS for status in statuses),
    }
    words = e.t["say"]
    return PlanCard(
        title=link.text,
        href=link.href,
        product=Link("") if plan.product == of else e.to_subject(e.report.subject(plan.product), root),
        owner=plan.owner,
        phase=e.t["phase"][phase_of(plan, statuses)],
        actions=words["plan_actions"].format(**facts) if statuses else words["plan_no_actions"],
        due=e.tongue.date(min(due)) if due else "",
        indicators=e.indicator_links(touched(plan), root),
    )


def phase_of(plan: Plan, statuses: list[str]) -> str:
    """Where a plan stands: the last phase that its declared facts have begun."""
    if plan.closed is not None:
        return "closed"
    if any(review.decision in DECISIONS for review in plan.reviews):
        return "act"
    if plan.reviews:
        return "check"
    return "do" if any(status not in WAITING_ACTIONS for status in statuses) else "plan"


def actions_table(
    e: Edition, plans: Iterable[str], root: str, *, id_: str = "actions", indicator: str = "", plan_column: bool = True
) -> Table | None:
    """The actions of these plans by due day, the open ones first; only those about an indicator if one is given."""
    found = []
    for plan_id in plans:
        plan = e.site.plans[plan_id]
        for action_id, action in plan.actions.items():
            if not indicator or indicator in (action.indicators or plan.indicators):
                status = e.board.action_status[plan_id, action_id]
                found.append((status in CLOSED_ACTIONS, action.due, plan_id, action_id))
    if not found:
        return None
    rows = [_action_row(e, plan_id, action_id, root, plan_column) for _, _, plan_id, action_id in sorted(found)]
    keys = ("action", "plan", "owner", "status", "start", "due", "done", "progress", "practice", "evidence")
    kinds = {"status": "when", "start": "num", "due": "num", "done": "num", "progress": "num"}
    # On the page of one plan the evidence stands where other pages name the plan.
    left_out = "evidence" if plan_column else "plan"
    heads = tuple(e.head(key, kinds.get(key, "")) for key in keys if key != left_out)
    heads, columns = marks.filled(heads, list(zip(*rows, strict=True)))
    return marks.table_of_columns(id_, e.t["head"]["actions"], heads, columns)


def _action_row(e: Edition, plan_id: str, action_id: str, root: str, plan_column: bool) -> list[str]:
    action = e.site.plans[plan_id].actions[action_id]
    plan = e.to_plan(plan_id, root)
    practice = e.site.practices.get(action.practice or "")
    row: list[str] = [f"{action_id} {e.say(action.title)}"]
    if plan_column:
        row.append(marks.anchor(plan.text, plan.href))
    return [
        *row,
        action.owner,
        action_mark(e, e.board.action_status[plan_id, action_id]),
        e.tongue.date(action.start),
        e.tongue.date(action.due),
        e.tongue.date(action.done) if action.done else "",
        f"{e.tongue.rounded(action.progress, 0)}%",
        marks.anchor(e.say(practice.name), practice_href(action.practice or "", root)) if practice else "",
        *([] if plan_column else [action.evidence]),
    ]


def action_mark(e: Edition, status: str) -> Markup:
    """The derived status of an action."""
    return Markup('<span class="action action-{}">{}</span>').format(status, e.t["action_status"][status])


def links_cell(e: Edition, links: Iterable[Link]) -> Markup:
    """Several links in one cell, joined as the language lists words."""
    return marks.anchors(links, e.t["say"]["list_join"])


def covered(e: Edition, products: Sequence[int], root: str) -> Markup:
    """The products that a roll-up covers; of many only the first, and how many more."""
    links = [e.to_subject(s, root) for s in products[:MOST_COVERED]]
    if len(products) > MOST_COVERED:
        links.append(Link(e.t["ui"]["plus_more"].format(count=len(products) - MOST_COVERED)))
    return links_cell(e, links)

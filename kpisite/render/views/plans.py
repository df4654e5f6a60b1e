"""Improvement plans: the list of all, and one plan from its cause to its verdict."""

from collections import Counter

from kpisite.declare.model import Effect, Milestone, Plan, PlanReview
from kpisite.render import marks
from kpisite.render.board import CLOSED_ACTIONS, LATE_ACTIONS, touched
from kpisite.render.edition import Edition, root_of
from kpisite.render.pages import PlanList, PlanPage
from kpisite.render.parts import Fact, Link, Phase, Table
from kpisite.render.views.cards import (
    DECISIONS,
    DONE_ACTIONS,
    WAITING_ACTIONS,
    action_mark,
    actions_table,
    links_cell,
    phase_of,
    plan_cards,
    practice_cards,
)

# The order in which the statuses of actions are counted: what needs something first.
ACTION_STATUSES = ("late", "overdue-start", "at-risk", "doing", "planned", "done-late", "done", "cancelled")


def plan_list(e: Edition) -> PlanList:
    """All plans, and all their actions by status and by owner."""
    path = "plans/index.html"
    root, words, plans = root_of(path), e.t["plans"], tuple(sorted(e.site.plans))
    counted = Counter(e.board.action_status.values())
    facts = {
        "plans": len(plans),
        "actions": counted.total(),
        "done": sum(counted[status] for status in DONE_ACTIONS),
        "late": sum(counted[status] for status in LATE_ACTIONS),
    }
    lead = words["lead"].format(**facts) if plans else words["none"]
    return PlanList(
        **e.frame(path, title=words["title"], lead=lead, section="plans"),
        plans=plan_cards(e, plans, root),
        statuses=tuple(
            Fact(e.t["action_status"][status], str(counted[status])) for status in ACTION_STATUSES if counted[status]
        ),
        actions=actions_table(e, plans, root),
        owners=_owners(e),
    )


def _owners(e: Edition) -> Table | None:
    """How many actions each owner has, and how many of them are open or late."""
    counts: dict[str, list[int]] = {}
    for (plan, action), status in sorted(e.board.action_status.items()):
        row = counts.setdefault(e.site.plans[plan].actions[action].owner, [0, 0, 0])
        row[0] += 1
        row[1] += status not in CLOSED_ACTIONS
        row[2] += status in LATE_ACTIONS
    if not counts:
        return None
    rows = [[owner, *map(str, row)] for owner, row in sorted(counts.items(), key=lambda item: (-item[1][2], item[0]))]
    heads = (e.head("owner"), *(e.head(key, "num") for key in ("actions", "open", "late")))
    return marks.table("owners", e.t["plans"]["owners"], heads, rows)


def plan_page(e: Edition, id_: str) -> PlanPage:
    """One improvement plan."""
    path = f"plans/{id_}/index.html"
    root, plan = root_of(path), e.site.plans[id_]
    statuses = [e.board.action_status[id_, action] for action in plan.actions]
    card = plan_cards(e, [id_], root)[0]
    crumbs = (Link(e.t["nav"]["plans"], f"{root}plans/index.html"),)
    practices = [p for p, _ in e.board.ordered if id_ in e.board.uses.get(p, ())]
    return PlanPage(
        **e.frame(path, title=e.say(plan.title), lead=card.actions, section="plans", crumbs=crumbs),
        facts=_facts(e, plan, statuses, root),
        phases=_phases(e, plan, statuses),
        cause=e.say(plan.cause),
        effects=_effects(e, plan, root),
        actions=actions_table(e, [id_], root, plan_column=False),
        milestones=_milestones(e, plan),
        reviews=_reviews(e, plan),
        practices=practice_cards(e, practices, root),
        indicators=card.indicators,
        body=e.body(f"plans/{id_}"),
    )


def _facts(e: Edition, plan: Plan, statuses: list[str], root: str) -> tuple[Fact, ...]:
    words, product = e.t["of_plan"], e.to_subject(e.report.subject(plan.product), root)
    facts = (
        Fact(words["product"], marks.anchor(product.text, product.href)),
        Fact(words["owner"], plan.owner),
        Fact(words["phase"], e.t["phase"][phase_of(plan, statuses)]),
        Fact(words["opened"], e.tongue.date(plan.opened)),
        Fact(words["closed"], e.tongue.date(plan.closed) if plan.closed else ""),
        Fact(words["indicators"], links_cell(e, e.indicator_links(touched(plan), root))),
    )
    return tuple(fact for fact in facts if fact.value)


# ------------------------------------------------------------------------------------------------ plan-do-check-act


def _phases(e: Edition, plan: Plan, statuses: list[str]) -> tuple[Phase, ...]:
    """The four boxes, filled from what the plan declares."""
    latest = max(plan.reviews, key=lambda review: review.on, default=None)
    started = [status for status in statuses if status not in WAITING_ACTIONS]
    finished = bool(started) and all(status in CLOSED_ACTIONS for status in statuses)
    judged = latest is not None and latest.verdict != "too-early"
    decided = latest is not None and latest.decision in DECISIONS
    return (
        _phase(e, "plan", _state(bool(plan.cause and plan.expected and plan.actions)), _planned(e, plan)),
        _phase(e, "do", "doing" if started and not finished else _state(finished), _started(e, statuses, started)),
        _phase(e, "check", _state(judged), _reviewed(e, latest)),
        _phase(e, "act", _state(decided), _decided(e, latest)),
    )


def _state(done: bool) -> str:
    return "done" if done else "open"


def _phase(e: Edition, key: str, state: str, facts: tuple[str, ...]) -> Phase:
    return Phase(key, e.t["phase"][key], state == "done", e.t["plan"]["state"][state], facts)


def _planned(e: Edition, plan: Plan) -> tuple[str, ...]:
    words = e.t["say"]["pdca"]
    return (
        words["cause"] if plan.cause else words["no_cause"],
        words["effects"].format(n=len(plan.expected)) if plan.expected else words["no_effects"],
        words["actions"].format(n=len(plan.actions)) if plan.actions else words["no_actions"],
    )


def _started(e: Edition, statuses: list[str], started: list[str]) -> tuple[str, ...]:
    words = e.t["say"]["pdca"]
    done, late = (sum(status in kind for status in statuses) for kind in (DONE_ACTIONS, LATE_ACTIONS))
    told = words["started"].format(started=len(started), n=len(statuses), done=done)
    delayed = (words["late"].format(late=late),) if late else ()
    return (told if started else words["not_started"], *delayed)


def _reviewed(e: Edition, latest: PlanReview | None) -> tuple[str, ...]:
    words = e.t["say"]["pdca"]
    if latest is None:
        return (words["not_reviewed"],)
    return (words["reviewed"].format(date=e.tongue.date(latest.on), verdict=e.t["verdict"][latest.verdict]),)


def _decided(e: Edition, latest: PlanReview | None) -> tuple[str, ...]:
    words = e.t["say"]["pdca"]
    if latest is None:
        return (words["not_decided"],)
    # "continue" is a decision, but the round goes on.
    said = words["decided" if latest.decision in DECISIONS else "goes_on"]
    return (said.format(date=e.tongue.date(latest.on), decision=e.t["decision"][latest.decision]),)


# ------------------------------------------------------------------------------------------------ tables


def _effects(e: Edition, plan: Plan, root: str) -> Table | None:
    """What the plan promises, where the figure stands now, and how far there is to go."""
    if not plan.expected:
        return None
    rows = [_effect(e, plan.product, one, root) for one in plan.expected]
    heads = (
        e.head("indicator"),
        e.head("expected", "num"),
        e.head("by"),
        e.head("now", "num"),
        e.head("reached"),
    )
    return marks.table("effects", e.t["plan"]["effects"], heads, rows)


def _effect(e: Edition, product: str, effect: Effect, root: str) -> tuple[str, ...]:
    s, i = e.report.subject(product), e.report.indicator(effect.indicator)
    value = float(e.board.months.value[s, i, e.board.now])
    known = value == value
    column = e.prose_column(i, [effect.to, *([value] if known else [])])
    words = e.t["say"]["effect"]
    reached = ""
    if known:
        missing = column.steps(effect.to) - column.steps(value)
        if e.site.indicators[effect.indicator].direction == "lower":
            missing = -missing
        gap = e.tongue.amount(abs(missing), column, gap=True)
        reached = words["reached"] if missing <= 0 else words["open"].format(gap=gap)
    return (
        marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
        e.tongue.figure(effect.to, column),
        e.tongue.period(effect.by),
        e.tongue.figure(value, column) if known else e.t["say"]["missing"],
        reached,
    )


def _milestones(e: Edition, plan: Plan) -> Table | None:
    rows = [
        (
            e.say(milestone.name),
            f"{action_id} {e.say(action.title)}",
            e.tongue.date(milestone.due),
            e.tongue.date(milestone.done) if milestone.done else "",
            action_mark(e, _milestone_status(e, milestone)),
        )
        for action_id, action in sorted(plan.actions.items())
        for milestone in sorted(action.milestones, key=lambda one: one.due)
    ]
    if not rows:
        return None
    heads = (e.head("milestone"), e.head("action"), e.head("due", "num"), e.head("done", "num"), e.head("status"))
    return marks.table("milestones", e.t["plan"]["milestones"], heads, rows)


def _milestone_status(e: Edition, milestone: Milestone) -> str:
    if milestone.done is not None:
        return "done" if milestone.done <= milestone.due else "done-late"
    return "late" if milestone.due.isoformat() < e.report.as_of else "planned"


def _reviews(e: Edition, plan: Plan) -> Table | None:
    """What was found and decided, the latest first."""
    if not plan.reviews:
        return None
    rows = [
        (e.tongue.date(one.on), e.t["verdict"][one.verdict], e.t["decision"][one.decision], e.say(one.lessons))
        for one in sorted(plan.reviews, key=lambda review: review.on, reverse=True)
    ]
    heads = tuple(e.head(key) for key in ("date", "verdict", "decision", "lessons"))
    return marks.table("reviews", e.t["plan"]["reviews"], heads, rows)

"""docs/reference/states.md: the states of orders and lines, from the table that the code works with."""

from _pages.markdown import page, table
from askul_connect.core.domain.orders import LINE_STEPS, LineState, Step, order_state

_INTRODUCTION = """\
A line of an order has a state; a step leads from one to the next. A step that is not in the table is refused
(`illegal-step`). The order's own state follows from its lines.
"""


def states_page() -> str:
    """The page."""
    diagram = "".join(
        f"    {before.value} --> {after.value}: {step.value}\n"
        for (before, step), after in LINE_STEPS.items()
    )
    last = sorted({state.value for state in LineState} - {before.value for before, _ in LINE_STEPS})
    ends = "".join(f"    {state} --> [*]\n" for state in last)
    return page(
        "States of an order",
        _INTRODUCTION,
        "## Lines\n",
        f"```mermaid\nstateDiagram-v2\n    [*] --> {LineState.DRAFT.value}\n{diagram}{ends}```\n",
        "The same as a table: what each step makes of each state.\n",
        table(("state", *(step.value for step in Step)), [_row(state) for state in LineState]),
        "## Orders\n",
        (
            "A cancelled line does not count unless all lines are cancelled. An order of which some but not all lines"
            " have been shipped is partly shipped. Otherwise the least advanced line names the order's state. For an"
            " order of two lines:\n"
        ),
        table(("", *(state.value for state in LineState)), [_order_row(state) for state in LineState]),
    )


def _row(state: LineState) -> tuple[str, ...]:
    following = [LINE_STEPS.get((state, step)) for step in Step]
    return (f"**{state.value}**", *(after.value if after else "" for after in following))


def _order_row(state: LineState) -> tuple[str, ...]:
    return (f"**{state.value}**", *(order_state((state, other)).value for other in LineState))

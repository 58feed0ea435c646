"""What people do in the product, how often, and how each act looks in the clickstream and in the log.

Nothing here is counted twice: a browser that lets the clickstream through sends a Segment message, one that
blocks it leaves only the request in the log. Screens for the depots are older and known from the log alone.
"""

from dataclasses import dataclass, field

ANALYST, ADMIN, MANAGER, CLERK, INTEGRATOR, EXECUTIVE = range(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that people do. `rates` are per active day by role, `after` the milestone (1 to 3) it waits for.

    `event` is a Segment track, `page` a Segment page; `route` is method and path in the log. A <name> in
    route and properties is filled in for each act. `marks` says for
    which roles the act is what a milestone asks for.
    """

    key: str
    rates: dict[int, float]
    event: str | None = None
    page: str | None = None
    route: str | None = None
    properties: str = "{}"
    after: dict[int, int] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)


ACTS = (
    Act(
        key="signed_in",
        event="Signed In",
        route="POST /session",
        rates=dict.fromkeys(range(6), 0.30),
        properties='{"method":"<method>"}',
    ),
    Act(
        key="carriers_connected",
        event="Carrier Connected",
        route="POST /carriers",
        properties='{"carrier":"<carrier>"}',
        rates={ANALYST: 0.012, INTEGRATOR: 0.01},
        after={ANALYST: 1, INTEGRATOR: 1},
        marks={ANALYST: 1},
    ),
    Act(
        key="people_invited",
        event="Person Invited",
        route="POST /invitations",
        properties='{"role":"<role>"}',
        rates={ADMIN: 0.22},
        after={ADMIN: 1},
        marks={ADMIN: 1},
    ),
    Act(
        key="dashboards_viewed",
        page="Dashboard",
        route="GET /dashboards/<id>",
        properties='{"dashboard_id":<id>}',
        rates={ANALYST: 0.22, ADMIN: 0.12, MANAGER: 1.0, EXECUTIVE: 0.8},
        after={MANAGER: 1},
        marks={MANAGER: 1},
    ),
    Act(
        key="board_opened",
        route="GET /depots/<id>/board",
        rates={CLERK: 0.38, MANAGER: 0.05},
        after={CLERK: 1},
        marks={CLERK: 1},
    ),
    Act(
        key="api_key_made",
        event="API Key Created",
        route="POST /keys",
        properties='{"scope":"<scope>"}',
        rates={INTEGRATOR: 0.02},
        after={INTEGRATOR: 1},
        marks={INTEGRATOR: 1},
    ),
    Act(
        key="report_shared",
        event="Report Shared",
        route="POST /reports/<id>/shares",
        properties='{"report_id":<id>,"with":<few>}',
        rates={ANALYST: 0.09, MANAGER: 0.03},
        after={ANALYST: 2, MANAGER: 2},
        marks={ANALYST: 2},
    ),
    Act(
        key="role_changed",
        event="Role Changed",
        properties='{"role":"<role>"}',
        rates={ADMIN: 0.07},
        after={ADMIN: 2},
        marks={ADMIN: 2},
    ),
    Act(
        key="alert_answered",
        route="POST /alerts/<id>/acknowledge",
        rates={MANAGER: 0.28, CLERK: 0.05},
        after={MANAGER: 2},
        marks={MANAGER: 2},
    ),
    Act(
        key="loads_scanned",
        route="POST /depots/<id>/loads/<load>/scan",
        rates={CLERK: 0.95},
        after={CLERK: 2},
        marks={CLERK: 2},
    ),
    Act(
        key="schedule_created",
        event="Schedule Created",
        route="POST /schedules",
        properties='{"report_id":<id>,"every":"<every>"}',
        rates={ANALYST: 0.012, ADMIN: 0.02},
        after={ANALYST: 3, ADMIN: 3},
        marks={ANALYST: 3, ADMIN: 3},
    ),
    Act(
        key="forecast_run",
        event="Forecast Run",
        route="POST /forecasts",
        properties='{"depot_id":<id>,"weeks":<few>}',
        rates={MANAGER: 0.14, ANALYST: 0.07},
        after={MANAGER: 3, ANALYST: 2},
        marks={MANAGER: 3},
    ),
    Act(
        key="handover_closed",
        route="POST /depots/<id>/handovers/<load>/close",
        rates={CLERK: 0.16},
        after={CLERK: 3},
        marks={CLERK: 3},
    ),
    Act(
        key="webhook_made",
        event="Webhook Created",
        properties='{"topic":"<topic>"}',
        rates={INTEGRATOR: 0.03},
        after={INTEGRATOR: 3},
        marks={INTEGRATOR: 3},
    ),
    Act(
        key="report_opened",
        page="Report",
        route="GET /reports/<id>",
        properties='{"report_id":<id>}',
        rates={ANALYST: 0.34, MANAGER: 0.18, EXECUTIVE: 0.35},
    ),
    Act(
        key="report_exported",
        event="Report Exported",
        route="POST /reports/<id>/export",
        properties='{"report_id":<id>,"format":"csv","rows":<rows>}',
        rates={ANALYST: 1.05, MANAGER: 0.06, EXECUTIVE: 0.05},
        after={ANALYST: 1, MANAGER: 1},
    ),
    Act(
        key="rates_opened",
        page="Carrier rates",
        properties='{"carrier":"<carrier>"}',
        rates={ANALYST: 0.16, MANAGER: 0.14},
    ),
    Act(
        key="lanes_compared",
        event="Lanes Compared",
        properties='{"lanes":<few>}',
        rates={ANALYST: 0.22, MANAGER: 0.07},
        after={ANALYST: 1},
    ),
    Act(key="seats_opened", page="Seats", rates={ADMIN: 0.62}, after={ADMIN: 1}),
    Act(
        key="view_saved",
        event="View Saved",
        properties='{"view":"<view>"}',
        rates={ANALYST: 0.07, MANAGER: 0.04},
    ),
    Act(
        key="comment_written",
        event="Comment Written",
        properties='{"report_id":<id>}',
        rates={ANALYST: 0.08, MANAGER: 0.06, EXECUTIVE: 0.08},
    ),
    Act(
        key="help_read",
        page="Help",
        properties='{"article":"<article>"}',
        rates=dict.fromkeys(range(6), 0.04),
    ),
    Act(
        key="training_finished",
        event="Training Finished",
        properties='{"course":"<course>"}',
        rates={ANALYST: 0.005, ADMIN: 0.012, MANAGER: 0.004, CLERK: 0.003},
    ),
    Act(key="heartbeat", event="Heartbeat", rates={ANALYST: 0.10, MANAGER: 0.08, ADMIN: 0.08}),
    Act(
        key="tooltip",
        event="Tooltip Shown",
        properties='{"tip":"<tip>"}',
        rates={ANALYST: 0.05, MANAGER: 0.05, ADMIN: 0.05},
    ),
    Act(
        key="theme",
        event="Theme Switched",
        properties='{"theme":"<theme>"}',
        rates={ANALYST: 0.004, MANAGER: 0.004},
    ),
    Act(key="profile", route="GET /profile", rates=dict.fromkeys(range(6), 0.012)),
)
BY_KEY = {act.key: n for n, act in enumerate(ACTS)}

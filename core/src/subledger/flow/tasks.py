"""What the prepare loop needs to know of a flow, from its settings. Pure."""

import datetime as dt
from typing import Any

from subledger.config import FlowSettings
from subledger.flow.decide import Rules
from subledger.flow.prepare import FlowTask
from subledger.flow.runs import first_look
from subledger.manifest import Operation
from subledger.ports import SinkType


def task_of(flow: FlowSettings, sink: SinkType[Any] | None, today: dt.date) -> FlowTask:
    """A flow into the books of ``sink`` as the prepare loop sees it."""
    return FlowTask(
        name=flow.name,
        source=flow.source,
        sink=flow.sink,
        rules=Rules(
            steps=flow.steps,
            plan=flow.plan,
            closed_period=flow.closed_period,
            currency=flow.currency,
            fit_name=sink.fit_name if sink else None,
            start=flow.start,
            end=flow.end,
            match_email=flow.match_email,
        ),
        digest=flow.digest,
        review=flow.review,
        complete=flow.require_complete_mapping,
        look=first_look(flow, today) if flow.hold_duplicates else None,
        updates=sink.manifest.able(Operation.UPDATE) if sink else frozenset(),
        removal=flow.removal,
    )

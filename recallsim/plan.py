"""From the scenario to the plan: everything resolved that depends neither on time nor on chance.

Seconds become ticks, names become numbers, conditions of rules become the list of rules that match each kind of
message. Laws stay rows in seconds; what is drawn is drawn by the engines.
"""

from agents.records import ALWAYS_OPEN, Plan
from recallsim.plan_importance import tilt
from recallsim.plan_names import Names
from recallsim.plan_people import Recipients
from recallsim.plan_recall import agent_of, purge_of, report_of, sender_of
from recallsim.plan_transport import link_of, lists_of, stages_of, ticks_in
from recallsim.scenario.meanings import WEEK
from recallsim.scenario.models import Scenario
from transport.mail.message import Message
from transport.recall.codes import Kind


def draw_up(scenario: Scenario) -> Plan:
    """Draw up the plan of a scenario."""
    return _Draughtsman(scenario).plan()


class _Draughtsman:
    """Draws up the frame and the messages; the other halves have rooms of their own."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.clock = scenario.clock
        self.names = Names(scenario)

    def ticks(self, seconds: float) -> int:
        return ticks_in(seconds, self.clock)

    def plan(self) -> Plan:
        scenario = self.scenario
        start = scenario.start
        people = tuple(Recipients(scenario, self.names, self._messages()).groups())
        groups = tilt(people, scenario.importance)
        transport = scenario.transport
        spans = {group.name: (group.first, group.first + group.size - 1) for group in groups}
        start_calendar = ALWAYS_OPEN if start.any is None else self.names.calendar(start.any, start.timezone)
        return Plan(
            name=scenario.name,
            clock=self.clock,
            horizon=self.ticks(scenario.horizon),
            week=self.ticks(WEEK * 60),
            start=self.ticks((start.weekday * 1440 + start.minutes) * 60),
            start_calendar=start_calendar,
            calendars=tuple(self.names.calendars),
            sender=sender_of(scenario),
            stages=stages_of(transport, self.clock, scenario.horizon, spans),
            link=link_of(transport),
            reports_shared=transport.reports == "shared",
            groups=groups,
            count=scenario.count,
            metrics=scenario.metrics,
            agent=agent_of(scenario, groups),
            report=report_of(scenario),
            purge=purge_of(scenario),
            lists=lists_of(transport, self.clock, spans),
            seen_level=scenario.seen_level,
            antithetic=scenario.antithetic,
            folders=self.names.folders,
        )

    def _messages(self) -> tuple[Message, ...]:
        """What is sent, by kind."""
        message, replace = self.scenario.message, self.scenario.sender.recall.replace
        original = Message(
            Kind.ORIGINAL,
            message.to,
            message.subject,
            message.size,
            message.attachment,
            message.class_,
            message.importance,
        )
        wanted = (
            (None, None, None) if replace is None else (replace.subject, replace.size, replace.attachment)
        )
        return original, original.recall_request(), original.replacement(*wanted)

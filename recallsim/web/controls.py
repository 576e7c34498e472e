"""The sliders of a scenario: the places at which each can stand, and what a place sets in the scenario.

A slider has a list of stops, and a request names one of them by its value: no text of a client's own ever gets
into a scenario.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from recallsim.reporting.numbers import duration, percent
from recallsim.reporting.plain import plain
from recallsim.scenario import Scenario
from recallsim.scenario.models_people import Group
from recallsim.scenario.values import RECALL_SYSTEMS

_TIMES: Final = (
    *(
        "0s",
        "1s",
        "2s",
        "5s",
        "10s",
        "15s",
        "20s",
        "30s",
        "45s",
        "1min",
        "90s",
        "2min",
        "3min",
        "5min",
        "7min",
    ),
    *("10min", "15min", "20min", "30min", "45min", "1h", "90min", "2h", "4h", "8h", "1d"),
)
_HOLDS: Final = ("0s", "5s", "10s", "20s", "30s", "1min", "2min", "5min", "10min", "30min", "2h")
_COUNTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10000, 20000, 50000)
_WORKERS: Final = (1, 2, 3, 5, 10, 20, 50, 100)
_LOADS: Final = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)


class RequestRefused(ValueError):  # noqa: N818 - not the page's fault
    """A request that is not answered; the message says why."""


class Stop(NamedTuple):
    """One place of a slider.

    Attributes:
        value: how a request names it.
        label: what the page shows.
        settings: what it sets, as `--set` takes it.
    """

    value: str
    label: str
    settings: tuple[str, ...]


class Control(NamedTuple):
    """A slider.

    Attributes:
        key: how a request names it.
        label: what it is about.
        own: what the scenario itself says, in words.
        start: the stop nearest to that.
        stops: from left to right.
        listed: whether the stops have no order, so that they are better chosen from a list.
    """

    key: str
    label: str
    own: str
    start: int
    stops: tuple[Stop, ...]
    listed: bool = False


def controls(scenario: Scenario) -> tuple[Control, ...]:
    """Gives the sliders that have a meaning in a scenario."""
    return tuple(_controls(scenario))


def settings_for(known: Iterable[Control], chosen: Mapping[str, str]) -> list[str]:
    """Turns what the sliders stand at into settings; sliders that were left alone are not in `chosen`.

    Raises:
        RequestRefused: there is no such slider, or no such stop.
    """
    by_key = {control.key: control for control in known}
    settings: list[str] = []
    for key in chosen:
        if key not in by_key:
            raise RequestRefused(f"there is no slider '{plain(key, 40)}' for this scenario")
    for control in by_key.values():
        if control.key in chosen:
            value = chosen[control.key]
            stop = next((stop for stop in control.stops if stop.value == value), None)
            if stop is None:
                raise RequestRefused(f"{control.label}: there is no stop '{plain(str(value), 40)}'")
            settings += stop.settings
    return settings


def brought(own: Scenario, now: Scenario, chosen: Iterable[str]) -> dict[str, dict[str, str | int]]:
    """Gives what a slider that was left alone says and where it stands, where a system has brought another hold.

    Args:
        own: the scenario as it is.
        now: with what was chosen.
        chosen: the settings, as `--set` takes them.
    """
    moved = any(setting.startswith("sender.hold=") for setting in chosen)
    if moved or now.sender.hold == own.sender.hold:
        return {}
    hold = _hold(now)
    return {hold.key: {"words": hold.own, "place": hold.start}}


def _controls(scenario: Scenario) -> Iterator[Control]:
    yield _notices(scenario)
    automatic = _automatic(scenario)
    if automatic is not None:
        yield automatic
    phones = _phones(scenario)
    if phones is not None:
        yield phones
    system = _systems(scenario)
    if system is not None:
        yield system
    yield _hold(scenario)
    if scenario.recipients.count is not None:
        yield _count(scenario)
    loads = list(_loads(scenario))
    yield from loads
    if not loads:
        yield from _workers(scenario)


def _notices(scenario: Scenario) -> Control:
    from transport.streams.laws import sample

    law = scenario.sender.notices
    median = sample(law.row, 0, 0.5)
    stops = tuple(
        Stop(time, _spaced(time), (f"sender.notices={time}",))
        for time in _TIMES
        if _seconds(time) <= scenario.horizon
    )
    own = duration(median) if law.kind == "constant" else f"half the time within {duration(median)}"
    if law.never or not math.isfinite(median):
        own = "never"
    return Control("notices", "Sender notices after", own, _nearest_time(stops, median), stops)


def _automatic(scenario: Scenario) -> Control | None:
    places = []
    for at, group in enumerate(scenario.groups):
        base = f"recipients.groups.{_segment(group.name, at)}"
        if group.client.kind == "outlook-desktop":
            places.append((f"{base}.client.auto_process", group.client.auto_process))
        for number, device in enumerate(group.devices):
            if device.client.kind == "outlook-desktop":
                path = f"{base}.devices.{_segment(device.name, number)}.client.auto_process"
                places.append((path, device.client.auto_process))
    if not places:
        return None
    stops = tuple(
        Stop(f"{at * 5}", f"{at * 5} %", tuple(f"{path}={at * 5 / 100:g}" for path, _ in places))
        for at in range(21)
    )
    mean = sum(share for _, share in places) / len(places)
    own = " to ".join(dict.fromkeys(percent(f(share for _, share in places), 0) for f in (min, max)))
    return Control("auto", "Outlooks that process by themselves", own, round(mean * 20), stops)


def _phones(scenario: Scenario) -> Control | None:
    groups = scenario.groups
    if len(groups) < 2 or any(group.share is None for group in groups):
        return None
    shares = {group.name: group.share or 0.0 for group in groups}
    with_phone = {group.name for group in groups if _has_phone(group)}
    total = math.fsum(shares[name] for name in with_phone)
    if not 0.0 < total < 1.0 or len(shares) != len(groups):
        return None

    def settings(wanted: float) -> tuple[str, ...]:
        found = []
        for at, (name, share) in enumerate(shares.items()):
            part = share / total * wanted if name in with_phone else share / (1.0 - total) * (1.0 - wanted)
            found.append(f"recipients.groups.{_segment(name, at)}.share={part:.12g}")
        return tuple(found)

    stops = tuple(Stop(f"{at * 5}", f"{at * 5} %", settings(at * 5 / 100)) for at in range(21))
    return Control("phones", "People with a phone", percent(total, 0), round(total * 20), stops)


def _segment(name: str, at: int) -> str:
    """Gives what a path calls an item of a list: its name where that cannot be mistaken, else its number."""
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*", name) else str(at)


def _has_phone(group: Group) -> bool:
    return group.client.kind == "mobile" or any(device.client.kind == "mobile" for device in group.devices)


def _systems(scenario: Scenario) -> Control | None:
    from recallsim.scenario import Draft, ScenarioError

    own = scenario.sender.recall.system
    draft = Draft(scenario.path) if scenario.path else None
    stops = []
    for name in RECALL_SYSTEMS:
        setting = f"sender.recall.system={name}"
        try:
            if name != own and draft is not None:
                draft.scenario([setting])
        except ScenarioError:
            continue
        if name == own or draft is not None:
            stops.append(Stop(name, name, (setting,)))
    if len(stops) < 2:
        return None
    start = [stop.value for stop in stops].index(own)
    return Control("system", "Recall system", stops[start].label, start, tuple(stops), listed=True)


def _hold(scenario: Scenario) -> Control:
    stops = tuple(Stop(time, _spaced(time), (f"sender.hold={time}",)) for time in _HOLDS)
    own = scenario.sender.hold
    return Control("hold", "Held before it is sent", duration(own), _nearest_time(stops, own), stops)


def _count(scenario: Scenario) -> Control:
    own = scenario.count
    stops = tuple(Stop(f"{number}", f"{number:,}", (f"recipients.count={number}",)) for number in _COUNTS)
    start = min(range(len(stops)), key=lambda at: abs(math.log(_COUNTS[at] / max(own, 1))))
    return Control("count", "Recipients on the list", f"{own:,}", start, stops)


def _loads(scenario: Scenario) -> Iterator[Control]:
    """Sliders for stages that other mail keeps busy already: how busy."""
    from recallsim.plan import draw_up

    loads = {stage.name: stage for stage in draw_up(scenario).stages if stage.background is not None}
    for stage in scenario.transport.passage():
        drawn = loads.get(stage.name)
        if drawn is None or drawn.background is None or stage.background is None or not drawn.workers:
            continue
        busy = drawn.background.load / drawn.workers
        if busy <= 0.0 or stage.name not in ("submission", "categorizer", "delivery"):
            continue
        path = f"transport.{stage.name}.background.rate"
        stops = tuple(
            Stop(
                f"{100 * load:g}",
                f"{100 * load:g} %",
                (f"{path}={stage.background.rate * load / busy:.9g}/s",),
            )
            for load in _LOADS
        )
        start = min(range(len(stops)), key=lambda at: abs(_LOADS[at] - busy))
        name = plain(stage.name, 40)
        yield Control(f"load-{name}", f"Server {name}: busy with other mail", percent(busy, 0), start, stops)


def _workers(scenario: Scenario) -> Iterator[Control]:
    """A slider for how much the servers that fill the mailboxes do at once, where no other mail keeps them busy."""
    for stage in scenario.transport.passage():
        if stage.name != "delivery" or stage.workers is None or stage.workers < 1:
            continue
        own = stage.workers
        numbers = sorted({*_WORKERS, own})
        stops = tuple(Stop(f"{n}", f"{n:,}", (f"transport.delivery.workers={n}",)) for n in numbers)
        yield Control("workers", "Mailboxes that servers fill at once", f"{own:,}", numbers.index(own), stops)


def _seconds(time: str) -> float:
    units = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
    digits = time.rstrip("sminhd")
    return float(digits) * units[time[len(digits) :]]


def _spaced(time: str) -> str:
    digits = time.rstrip("sminhd")
    return f"{digits} {time[len(digits) :]}"


def _nearest_time(stops: tuple[Stop, ...], seconds: float) -> int:
    def away(at: int) -> float:
        return abs(math.log((_seconds(stops[at].value) + 0.5) / (seconds + 0.5)))

    return min(range(len(stops)), key=away)

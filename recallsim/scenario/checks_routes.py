"""What must fit between hops, routes, lists and the groups and stages that they name."""

from collections.abc import Iterable, Iterator, Sequence

from recallsim.scenario.base import shown, suggestion
from recallsim.scenario.finding import Finding, Location
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_transport import STAGE_KEYS


def names_needed(*place: str, items: int) -> tuple[Location, ...]:
    """The locations that the names of the items of a list were taken from."""
    names: list[Location] = [(*place, index, "name") for index in range(items)]
    return ((*place, ""), *names)


def stage_names_needed(stages: int, hops: int = 0) -> tuple[Location, ...]:
    """The locations that the names of the stages and hops were taken from."""
    keys: list[Location] = [("transport", key, "") for key in STAGE_KEYS]
    listed = names_needed("transport", "stages", items=stages)
    return (*keys, *listed, *names_needed("transport", "hops", items=hops))


def route_findings(scenario: Scenario) -> Iterator[Finding]:
    """Everything that is wrong between `hops`, `routes`, `lists` and the names that they use."""
    transport = scenario.transport
    groups = [group.name for group in scenario.groups]
    hops = [hop.name for hop in transport.hops]
    stages = [stage.name for stage in transport.without_hops() if stage.grain == "recipient"]
    group_names = names_needed("recipients", "groups", items=len(groups))
    hop_names = names_needed("transport", "hops", items=len(hops))
    stage_names = stage_names_needed(len(transport.stages))
    routed: set[str] = set()
    for index, route in enumerate(transport.routes):
        here: Location = ("transport", "routes", index)
        yield from _unknown("group", route.groups, groups, (*here, "groups"), group_names)
        yield from _twice("groups of routes", "a route", route.groups, routed, (*here, "groups"))
        yield from _unknown("hop", route.hops, hops, (*here, "hops"), hop_names)
        yield from _unknown("stage per recipient", route.bypass, stages, (*here, "bypass"), stage_names)
    for index, hop in enumerate(transport.hops):
        where: Location = ("transport", "hops", index)
        if hop.grain != "recipient":
            yield Finding((*where, "per"), "a hop takes a job per recipient", "leave per out")
        if not any(hop.name in route.hops for route in transport.routes):
            what = "no route takes this hop"
            yield Finding(
                where, what, f"routes: [{{groups: […], hops: [{hop.name}]}}]", (("transport", "routes"),)
            )
    listed: set[str] = set()
    names: set[str] = set()
    for index, each in enumerate(transport.lists):
        at: Location = ("transport", "lists", index)
        if each.name in names:
            yield Finding((*at, "name"), f"another list is called {shown(each.name)} already")
        names.add(each.name)
        yield from _unknown("group", each.members, groups, (*at, "members"), group_names)
        yield from _twice("members", "a list", each.members, listed, (*at, "members"))


def _unknown(
    what: str, names: Iterable[str], known: Sequence[str], at: Location, needs: tuple[Location, ...]
) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name not in known:
            hint = suggestion(name, known) if known else "the scenario has none"
            yield Finding((*at, index), f"there is no {what} {shown(name)}", hint, needs)


def _twice(whose: str, holder: str, names: Iterable[str], taken: set[str], at: Location) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in taken:
            what = f"{shown(name)} is on {holder} already"
            yield Finding((*at, index), what, f"{whose} are named once")
        taken.add(name)

"""`recallsim trace`: one replication, moment by moment; told, drawn, or for another program to show."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recallsim.commands.options import scenario_argument, seed_option, set_option, variant_option
from recallsim.commands.outputs import Output

if TYPE_CHECKING:
    from agents.observer import TraceEvent
    from agents.records import Plan
    from recallsim.reporting.timeline import End

FEW = 20
"""So many recipients' ends are told one by one; of more, unless one is asked for, only how many ended how."""


@click.command("trace")
@scenario_argument
@click.option(
    "--recipient",
    "named",
    metavar="N|ADDRESS",
    help="Tell only what concerns one recipient: a number, or an address as desk-17@contoso.example.",
)
@click.option(
    "--replication",
    type=click.IntRange(0, 2**24 - 1),
    default=0,
    metavar="R",
    help="Tell replication R.  [default: 0]",
)
@seed_option
@set_option
@variant_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@click.option(
    "--view",
    "view_file",
    metavar="FILE",
    type=Output(),
    help="Draw one recipient's timeline into FILE.html or FILE.svg, and say why it ended so.",
)
@click.option("--mermaid", is_flag=True, help="Print one recipient's timeline as a Mermaid diagram.")
@click.option("--perfetto", is_flag=True, help="Print the replication as a Chrome trace (ui.perfetto.dev).")
def trace_command(
    scenario: str,
    named: str | None,
    replication: int,
    seed: int | None,
    settings: tuple[str, ...],
    variant: str | None,
    as_json: bool,
    view_file: str | None,
    mermaid: bool,
    perfetto: bool,
) -> None:
    """Tell one replication of SCENARIO: what every server, program and person did, in order of time.

    At the end it says where each recipient stands, and of one alone why. The same seed tells the same story, to
    the byte. --view and --mermaid take recipient 1 unless --recipient says otherwise.
    """
    if sum((as_json, view_file is not None, mermaid, perfetto)) > 1:
        raise click.UsageError("--json, --view, --mermaid and --perfetto exclude each other")
    form = "" if view_file is None else _form(view_file)
    from recallsim.arguments import seed_of
    from recallsim.engines.agents import trace
    from recallsim.plan import draw_up
    from recallsim.reporting.timeline import ends
    from recallsim.scenario import load
    from transport.errors import AddressError

    loaded = load(scenario, settings, variant)
    plan = draw_up(loaded)
    try:
        recipient = None if named is None else plan.directory().number_of(named)
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="'--recipient'") from error
    if recipient is None and (view_file is not None or mermaid):
        recipient = 1
    of_seed = seed_of(loaded, seed)
    events, observation = trace(plan, of_seed, replication, recipient)
    told = list(ends(observation.recipients, [group.name for group in plan.groups], plan.clock))
    asked = [end for end in told if recipient in (None, end.recipient)]
    if perfetto:
        from recallsim.reporting.perfetto import chrome_trace

        click.echo(chrome_trace(events, asked, observation.recipients, plan))
    elif view_file is not None or mermaid:
        command = ["trace", scenario, "--seed", str(of_seed), "--replication", str(replication)]
        command += ["--recipient", str(recipient), *(["--variant", variant] if variant else [])]
        command += [word for setting in settings for word in ("--set", setting)]
        if view_file is not None:
            command += ["--view", view_file]
        title = loaded.title or loaded.name
        _draw(
            events,
            asked[0],
            plan,
            loaded.sender.recall.system,
            title,
            f"seed {of_seed}, replication {replication}",
            command,
            form,
            view_file,
        )
    else:
        _tell(events, plan, as_json=as_json)
        _tell_ends(events, asked, plan, loaded.sender.recall.system, as_json=as_json)


def _form(view_file: str) -> str:
    from recallsim.reporting.page.timeline_view import FORMS

    form = Path(view_file).suffix.lower()
    if form not in FORMS:
        raise click.UsageError("--view writes HTML or SVG: name a file that ends with .html or .svg")
    return form


def _draw(
    events: "list[TraceEvent]",
    end: "End",
    plan: "Plan",
    system: str,
    title: str,
    subtitle: str,
    command: list[str],
    form: str,
    view_file: str | None,
) -> None:
    from recallsim.commands.outputs import write
    from recallsim.reporting.plain import plain
    from recallsim.reporting.sequence import mermaid, steps
    from recallsim.reporting.why import why

    reason = why(end, events, plan, system)
    if view_file is None:
        click.echo(
            mermaid(f"{title}, recipient {end.recipient}", steps(events, plan), reason.words), nl=False
        )
        return
    from recallsim.reporting.page.timeline_view import sequence_picture, view

    picture = sequence_picture(events, end, reason, plan)
    write(Path(view_file), view(form, picture, end, reason, title, subtitle, command))
    click.echo(f"Wrote {plain(view_file, 4096)}: {reason.words}")


def _tell(events: "list[TraceEvent]", plan: "Plan", *, as_json: bool) -> None:
    from recallsim import logs
    from recallsim.reporting.timeline import moment, named_fact, on_the_clock, seconds_of

    log = logs.trace_logger(sys.stdout, as_json=as_json)
    for event in events:
        facts = {
            f"{key}_" if key in _OURS else key: named_fact(key, value, plan.folders)
            for key, value in event.facts.items()
        }
        when = moment(seconds_of(event.tick, plan.clock))
        log.info(
            event.event,
            tick=event.tick,
            moment=when,
            agent=event.agent,
            **on_the_clock(plan, event.tick),
            **facts,
        )


def _tell_ends(
    events: "list[TraceEvent]", asked: "list[End]", plan: "Plan", system: str, *, as_json: bool
) -> None:
    from recallsim import logs
    from recallsim.reporting.timeline import moment, seconds_of, story, summary
    from recallsim.reporting.why import why

    if as_json:
        log = logs.trace_logger(sys.stdout, as_json=True)
        for end in asked:
            facts = end.facts()
            log.info(
                facts.pop("event"),
                tick=plan.horizon,
                moment=moment(seconds_of(plan.horizon, plan.clock)),
                **facts,
            )
        return
    click.echo("")
    for end in asked:
        click.echo(story(end))
    if len(asked) == 1:
        click.echo(why(asked[0], events, plan, system).words)
    elif len(asked) > FEW:
        for line in summary(asked):
            click.echo(line)
        click.echo("One of them alone: add --recipient N")


_OURS = frozenset({"tick", "moment", "clock", "agent", "event"})

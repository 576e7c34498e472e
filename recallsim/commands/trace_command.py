"""`recallsim trace`: one replication, moment by moment."""

import sys

import click

from recallsim.commands.options import scenario_argument, seed_option, set_option, variant_option

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
def trace_command(
    scenario: str,
    named: str | None,
    replication: int,
    seed: int | None,
    settings: tuple[str, ...],
    variant: str | None,
    as_json: bool,
) -> None:
    """Tell one replication of SCENARIO: what every server, program and person did, in order of time.

    At the end it says where each recipient stands. The same seed tells the same story, to the byte.
    """
    from recallsim import logs
    from recallsim.arguments import seed_of
    from recallsim.engines.agents import trace
    from recallsim.plan import draw_up
    from recallsim.reporting.timeline import (
        ends,
        moment,
        named_fact,
        on_the_clock,
        seconds_of,
        story,
        summary,
    )
    from recallsim.scenario import load
    from transport.errors import AddressError

    loaded = load(scenario, settings, variant)
    plan = draw_up(loaded)
    try:
        recipient = None if named is None else plan.directory().number_of(named)
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="'--recipient'") from error
    events, observation = trace(plan, seed_of(loaded, seed), replication, recipient)
    log = logs.trace_logger(sys.stdout, as_json=as_json)
    for event in events:
        facts = {
            f"{key}_" if key in _OURS else key: named_fact(key, value) for key, value in event.facts.items()
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
    told = list(ends(observation.recipients, [group.name for group in plan.groups], plan.clock))
    asked = [end for end in told if recipient in (None, end.recipient)]
    if as_json:
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
    few = len(asked) <= FEW
    for line in map(story, asked) if few else summary(told):
        click.echo(line)
    if not few:
        click.echo("One of them alone: add --recipient N")


_OURS = frozenset({"tick", "moment", "clock", "agent", "event"})

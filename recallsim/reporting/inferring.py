"""An inference as a person reads it: the reports, the people who saw it without and with them, one sentence."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.reporting.console import Terminal
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, count, duration, finite, percent, plural
from recallsim.reporting.plain import Signs, paragraph, plain

if TYPE_CHECKING:
    from recallsim.estimate.conditional import Quantity
    from recallsim.inference import Inference, Reported

_NOUNS = {"success": "success", "failure": "failure", "bounce": "a bounce"}


def show(inference: "Inference", terminal: Terminal) -> None:
    """Prints the whole inference."""
    for line in _report(inference, terminal.signs, terminal.width):
        terminal.print(line)
    if inference.store is not None and inference.replications:
        terminal.print_whole(f"Kept in {plain(str(inference.store), 4096)}")


def as_text(inference: "Inference") -> str:
    """Gives the inference as plain text."""
    out = io.StringIO()
    show(inference, Terminal(out))
    return out.getvalue().rstrip("\n")


def sentence(inference: "Inference") -> str:
    """Says in plain words how many have seen it."""
    if not inference.replications:
        return "No replication was completed, so there is nothing to infer from yet."
    if not inference.agreeing:
        return f"{_none_agrees(inference)} {_what_came(inference)}"
    middle, high = inference.quantity("p50"), inference.quantity("p95")
    mean = finite(inference.quantity("mean").value) or 0.0
    saw = f"{_people(mean)} had seen it on average {duration(inference.at)} after Send"
    if inference.agreeing > 1:
        saw += (
            f" (half of the time at most {_whole(middle)}, 19 times of 20 at most {_whole(high)}"
            f" of {count(inference.count)} recipients)"
        )
    return f"Given the reports, {saw}.{_too_few(inference)}"


def _people(mean: float) -> str:
    return plural(mean, "person", "people") if round(mean, 1) != 1 else "1 person"


def _whole(quantity: "Quantity") -> str:
    return count(finite(quantity.value) or 0.0)


def _too_few(inference: "Inference") -> str:
    if inference.enough:
        return ""
    return (
        f" Too few to rely on: only {plural(inference.agreeing, 'replication')} of "
        f"{count(inference.replications)} agree with the reports."
    )


def _none_agrees(inference: "Inference") -> str:
    many = count(inference.replications)
    return f"Not one of {many} replications agrees with the reports, so nothing can be inferred."


def _what_came(inference: "Inference") -> str:
    told = [
        f"{_NOUNS[each.kind]} had been reported of {each.simulated[0]:,} to {each.simulated[2]:,} recipients"
        f" (you say {_range(each)})"
        for each in inference.reports
    ]
    return (
        f"In them, {' and '.join(told)}: widen the ranges, simulate more replications, "
        "or look for what the scenario has otherwise than it was."
    )


def _range(each: "Reported") -> str:
    least, most = each.between
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _report(inference: "Inference", signs: Signs, width: int) -> Iterator[Text]:
    yield Text(plain(inference.title), "bold")
    parts = [
        f"seed {inference.seed}",
        f"{inference.engine} engine",
        f"{plural(inference.replications, 'replication')} of {plural(inference.count, 'recipient')}",
        duration(inference.elapsed),
    ]
    yield Text(paragraph(f" {signs.dot} ".join(parts), width), "dim")
    yield Text()
    yield Text(f"What the sender has been told, {duration(inference.at)} after Send", "bold")
    for each in inference.reports:
        least, middle, most = each.simulated
        simulated = f"simulated: {least:,} to {most:,}, half at most {middle:,}"
        words = f"  {_NOUNS[each.kind]} of {_range(each)} recipients ({simulated})"
        yield Text(paragraph(words, width, indent=4))
    yield Text()
    if inference.agreeing:
        headers = ["without reports", "given the reports"]
        yield from render(headers, _lines(inference, signs), width, signs.rule)
        yield Text()
    yield Text(paragraph(_sample(inference, signs), width), "" if inference.enough else "yellow")
    yield Text()
    yield Text(paragraph(sentence(inference), width), "bold")
    if inference.interrupted:
        yield Text()
        yield Text(inference.caveat(), "yellow")


def _lines(inference: "Inference", signs: Signs) -> list[Line]:
    lines = [Line("People who had seen it")]
    shares = False
    for before, given in zip(inference.before, inference.given, strict=True):
        above = before.name.startswith("above:")
        if above and not shares:
            lines.append(Line("The chance that more than so many had"))
            shares = True
        lines.append(Line(_label(before.name), (_cell(before, signs), _cell(given, signs))))
    return lines


def _label(name: str) -> str:
    kind, _, threshold = name.partition(":")
    if threshold:
        return f"more than {int(threshold):,}" if int(threshold) else "anybody at all"
    if kind == "mean":
        return "on average"
    return "half: at most" if kind == "p50" else f"{kind[1:]} %: at most"


def _cell(quantity: "Quantity", signs: Signs) -> Cell:
    """A number with its interval in brackets; an end that does not exist is left open."""
    value, low, high = (finite(each) for each in (quantity.value, quantity.low, quantity.high))
    if value is None:
        return Cell(signs.dash)
    write = _share if quantity.name.startswith("above:") else _number
    if low is None and high is None:
        return Cell(write(value))
    ends = ["" if end is None else write(end).removesuffix(" %") for end in (low, high)]
    return Cell(write(value), f"({signs.dash.join(ends)})")


def shown(inference: "Inference") -> "tuple[Quantity, ...]":
    """The quantities that the table shows."""
    return (*inference.before, *inference.given) if inference.agreeing else ()


def _share(value: float) -> str:
    return percent(value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() else count(value)


def _sample(inference: "Inference", signs: Signs) -> str:
    of = plural(inference.replications, "replication")
    share = inference.agreement
    chance = ""
    if share.value is not None and share.low is not None and share.high is not None:
        ends = f"{percent(share.low, 2)[:-2]}{signs.dash}{percent(share.high, 2)}"
        chance = f" Reports like these come in {percent(share.value, 2)} of all cases ({ends})."
    found = (
        f"{inference.agreeing:,} of {of} agree with the reports; each counts alike, so the effective sample "
        f"size is {inference.agreeing:,}."
    )
    wanted = inference.wanted
    if wanted is not None and inference.gave_up:
        found += (
            f" {wanted:,} were wanted; given up here, since at this rate no number to rely on would come together. Wider"
            " ranges help, or a scenario that is more like what happened."
        )
    elif wanted is not None and inference.agreeing < wanted and not inference.interrupted:
        found += f" {wanted:,} were wanted; wider ranges or more --replications give more."
    brackets = f"Brackets: {100 * inference.confidence:g} % intervals"
    if any((finite(each.low) is None) != (finite(each.high) is None) for each in shown(inference)):
        brackets += "; an end that is missing is one that so few replications do not bound"
    return f"{found}{chance} {brackets}."

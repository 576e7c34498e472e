"""The program's log: structlog, set up once, to standard error; and the log that a trace is.

Nothing is logged per event of a simulation, except where a trace was asked for: then the trace is the result,
and it goes to standard output.
"""

import logging
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger


class _StandardError:
    """A logger that writes to whatever standard error is at that moment."""

    def msg(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)

    log = debug = info = warning = warn = error = critical = fatal = exception = failure = msg


def set_up(*, quiet: bool = False) -> None:
    """Sends the log to standard error: from notices up, or errors only when quiet."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            _keep_text,
            structlog.dev.ConsoleRenderer(colors=_coloured(sys.stderr), pad_event_to=0),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR if quiet else logging.INFO),
        logger_factory=lambda *_: _StandardError(),
        cache_logger_on_first_use=False,
    )


def trace_logger(out: TextIO, *, as_json: bool) -> "WrappedLogger":
    """Gives a structlog logger for the events of one replication.

    Args:
        out: where its lines go.
        as_json: JSON lines with sorted keys instead of lines for people.
    """
    import structlog

    renderer = _json_line if as_json else _line_for_people
    return structlog.wrap_logger(
        structlog.PrintLogger(out), processors=[renderer], wrapper_class=structlog.BoundLogger
    )


def _coloured(stream: TextIO) -> bool:
    import os

    return stream.isatty() and not os.environ.get("NO_COLOR")


def _keep_text(_logger: "WrappedLogger", _name: str, fields: "EventDict") -> "EventDict":
    from recallsim.reporting.plain import plain

    return {key: plain(value, 2000) if isinstance(value, str) else value for key, value in fields.items()}


def _json_line(_logger: "WrappedLogger", _name: str, fields: "EventDict") -> str:
    import json

    return json.dumps(fields, sort_keys=True, default=str)


def _line_for_people(_logger: "WrappedLogger", _name: str, fields: "EventDict") -> str:
    from recallsim.reporting.plain import plain
    from recallsim.reporting.timeline import fact

    fields.pop("tick", None)
    when = [str(fields.pop(key)) for key in ("moment", "clock") if key in fields]
    agent, event = (plain(str(fields.pop(key, ""))) for key in ("agent", "event"))
    facts = " ".join(filter(None, (fact(key, value) for key, value in fields.items())))
    return f"{'  '.join(when)}  {agent:<8}  {event:<22}  {facts}".rstrip()

"""Files that a user has named for an answer: which names are taken, and how they are written."""

import os
from pathlib import Path
from typing import Any

import click

SCENARIOS = frozenset({".yaml", ".yml"})
TAKEN = SCENARIOS | {".sqlite", ".sqlite-wal", ".sqlite-shm"}
"""Endings of what is put in: scenarios and stores. An answer never takes their place."""


class Output(click.Path):
    """The name of a file for an answer, checked before anything runs.

    It is refused where it names a scenario, a store, a folder or a device, and where it cannot be written.

    Args:
        endings: what the name may end with, in small letters; empty: with anything else.
        kind: what the file will be, for the message.
    """

    name = "file"

    def __init__(self, endings: tuple[str, ...] = (), kind: str = "") -> None:
        super().__init__(dir_okay=False)
        self._endings, self._kind = endings, kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check the name before anything runs."""
        from recallsim.reporting.plain import plain

        name = str(super().convert(value, param, ctx))
        path = Path(name)
        if path.suffix.lower() in TAKEN:
            self.fail(
                f"{plain(name, 4096)} would be taken for a scenario or a store; choose another ending",
                param,
                ctx,
            )
        if path.exists() and not path.is_file():
            self.fail(f"{plain(name, 4096)} is no ordinary file", param, ctx)
        if not path.parent.is_dir():
            self.fail(
                f"there is no folder {plain(str(path.parent), 4096)}; make it, or name another", param, ctx
            )
        effective = os.access in os.supports_effective_ids
        if not os.access(path if path.exists() else path.parent, os.W_OK, effective_ids=effective):
            self.fail(f"{plain(name, 4096)} cannot be written there; name another", param, ctx)
        if self._endings and path.suffix.lower() not in self._endings:
            self.fail(
                f"{plain(name, 4096)}: {self._kind}: name a file that ends with {' or '.join(self._endings)}",
                param,
                ctx,
            )
        return name


REPORT = Output((".html", ".htm"), "a report is one HTML file")
"""The name of a file for a report."""


def write(target: Path, answer: str | bytes) -> None:
    """Writes a file that a user has named.

    Raises:
        click.UsageError: it cannot be written.
    """
    from recallsim.reporting.plain import plain

    try:
        if isinstance(answer, bytes):
            target.write_bytes(answer)
        else:
            target.write_text(answer, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"cannot write {plain(str(target), 4096)}: {error.strerror}") from None


def write_report(file: str, page: str, *, quiet: bool) -> None:
    """Writes a report that came beside an answer, and says so on standard error unless `quiet`.

    Raises:
        click.UsageError: it cannot be written.
    """
    from recallsim.reporting.plain import plain

    write(Path(file), page)
    if not quiet:
        click.echo(f"Wrote {plain(file, 4096)}", err=True)

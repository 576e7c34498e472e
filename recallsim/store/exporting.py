"""Export: the rows of stores as CSV, JSON lines or Parquet, without holding all of them."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from recallsim.extras import how_to_install
from recallsim.store.errors import StoreError
from recallsim.store.reading import columns, each_readable, rows
from recallsim.store.realloop import run_in_real_loop

FORMATS: Final = ("csv", "jsonl", "parquet")
SOURCE: Final = "store"
"""The column that says which file a row is from: its name without the ending."""

_AT_ONCE: Final = 10_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class Sheet(Protocol):
    """Where rows are written to."""

    def write(self, row: dict[str, Any]) -> None:
        """Put one row in."""
        ...


def export(
    paths: Sequence[Path],
    view: str,
    form: str,
    out: TextIO | Path,
    trouble: Callable[[StoreError], None] | None = None,
) -> int:
    """Write a view of stores, one after the other, and say how many rows that were.

    Args:
        paths: the stores; their columns are united.
        view: one of `VIEWS`.
        form: one of `FORMATS`; Parquet needs a file and the package pyarrow.
        out: an open text stream, or a file, which appears when it is whole.
        trouble: hears of a store among several that cannot be opened, which is then left out; None: it ends all.

    Raises:
        StoreError: a store cannot be read, or pyarrow is missing.
    """
    kinds: dict[str, str] = {SOURCE: "text"}
    described = each_readable(paths, lambda path: columns(path, view), trouble)
    for _, found in described:
        for name, kind in found.items():
            known = kinds.get(name, kind)
            kinds[name] = known if known == kind else "text" if "text" in (known, kind) else "real"
    with _sheet(kinds, form, out) as sheet:
        return sum(run_in_real_loop(_copy(path, view, list(kinds), sheet)) for path, _ in described)


async def _copy(path: Path, view: str, names: list[str], sheet: Sheet) -> int:
    count = 0
    async with aclosing(rows(path, view, names)) as found:  # whoever reads the export may have gone away
        async for row in found:
            sheet.write(row | {SOURCE: path.stem})
            count += 1
    return count


@contextmanager
def _sheet(kinds: dict[str, str], form: str, out: TextIO | Path) -> Iterator[Sheet]:
    if not isinstance(out, Path):
        yield Csv(kinds, out) if form == "csv" else JsonLines(out)
        return
    part = out.with_name(f".{out.name}.part")
    try:
        if form == "parquet":
            with Parquet(kinds, part) as parquet:
                yield parquet
        else:
            with part.open("w", encoding="utf-8", newline="") as stream:
                yield Csv(kinds, stream) if form == "csv" else JsonLines(stream)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


class Csv:
    """Comma-separated values (RFC 4180); nothing is a formula.

    A spreadsheet takes a text that begins with = + - @ for a formula, and names come from scenario files:
    such a text gets an apostrophe before it, as spreadsheets themselves write it.
    """

    def __init__(self, kinds: dict[str, str], out: TextIO) -> None:
        self._writer = csv.DictWriter(out, [_harmless(name) for name in kinds], lineterminator="\r\n")
        self._writer.writeheader()

    def write(self, row: dict[str, Any]) -> None:
        """Put one row in."""
        self._writer.writerow({_harmless(name): _harmless(cell) for name, cell in row.items()})


class JsonLines:
    """One JSON object a line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, row: dict[str, Any]) -> None:
        """Put one row in."""
        self._out.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


class Parquet:
    """A Parquet file, written in groups of rows."""

    def __init__(self, kinds: dict[str, str], path: Path) -> None:
        try:
            import pyarrow  # type: ignore[import-untyped,unused-ignore]
            import pyarrow.parquet as parquet  # type: ignore[import-untyped,unused-ignore]
        except ImportError:
            raise StoreError(
                f"Parquet needs the package pyarrow: {how_to_install('parquet')}; or export CSV"
            ) from None
        types = {"integer": pyarrow.int64(), "real": pyarrow.float64(), "text": pyarrow.string()}
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in kinds.items()])
        self._text = [name for name, kind in kinds.items() if kind == "text"]
        self._table: Any = pyarrow.Table
        self._writer = parquet.ParquetWriter(path, self._schema)
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> "Parquet":
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def write(self, row: dict[str, Any]) -> None:
        """Put one row in."""
        for name in self._text:
            if row[name] is not None:
                row[name] = str(row[name])
        self._rows.append(row)
        if len(self._rows) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

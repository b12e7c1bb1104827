"""The sheet of rejected rows: as they came, with row, field, reason and expectation beside them, to mend
and send again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.intake.mapping import mapping_of
from saiban.intake.models import Batch, RejectedRow
from saiban.intake.reading import MENDING
from saiban.intake.reasons import row_expected, row_sentence
from saiban.intake.rejecting import opened

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
Lines = Sequence[Sequence[str]]  # the first is the heading
_FORMULA = re.compile(r"^[=@\t\r]|^[+-](?![\d.]+$)")


@dataclass(frozen=True)
class Sheet:
    """A file to hand out."""

    name: str
    content_type: str
    content: bytes


@look("intake.batch.download_rejected")
def rejected_sheet(*, actor: Actor, batch_id: int, kind: str = "xlsx") -> Sheet:
    """Return the rejected rows of a batch, unmasked, one line each; sending the mended file takes these
    households in. A row that an erasure blanked is left out: nothing of it is there to mend.

    Raises: NotVisible (404).
    """
    batch = get_visible(Batch.objects.select_related("source"), actor=actor, pk=batch_id)
    columns = mapping_of(batch.source.code).columns
    lines = list(_lines(batch, columns))
    audit.note(subject=batch, rows=len(lines), kind=kind)
    heading = [*columns, *MENDING]
    content = as_book({"rows": [heading, *lines]}) if kind == "xlsx" else as_csv([heading, *lines])
    stem = re.sub(r"(\.(csv|xlsx|parquet))?(\.gz)?$", "", batch.file_name, flags=re.IGNORECASE)
    return Sheet(f"mend-{stem}.{kind}", KINDS[kind], content)


def _lines(batch: Batch, columns: tuple[str, ...]) -> Iterator[list[str]]:
    rows = RejectedRow.objects.filter(batch=batch).order_by("row_no", "pk").iterator(chunk_size=5000)
    for row_no, faults in groupby(rows, key=lambda row: row.row_no):
        kept = list(faults)
        sealed = next((row.sealed_row for row in kept if row.sealed_row is not None), None)
        if sealed is None:
            continue  # blanked by an erasure
        cells = opened(batch.pk, row_no, bytes(sealed))
        yield [
            *(cells.get(column) or "" for column in columns),
            str(row_no),
            "; ".join(row.field for row in kept if row.field),
            " ".join(row_sentence(row.reason) for row in kept),
            "; ".join(row_expected(row.reason, row.expected) for row in kept),
        ]


def as_book(sheets: Mapping[str, Lines]) -> bytes:
    """A workbook of sheets, each with its heading first. Every cell is text: nothing is taken for a formula,
    no leading zero is lost.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.set_column(0, max(len(lines[0]) - 1, 0), 16, text)
        sheet.freeze_panes(1, 1)
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                sheet.write_string(row, column, cell, text if row else bold)
    book.close()
    return out.getvalue()


def as_csv(lines: Lines) -> bytes:
    """UTF-8 with the mark that spreadsheets look for; what they would take for a formula gets an
    apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for line in lines:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")

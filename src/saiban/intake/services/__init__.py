"""The only writers of intake: a file is received, checked, loaded part by part, applied; a single observation
is recorded.
"""

from saiban.intake.folder import uploads
from saiban.intake.services.erasing import Erased, erase_subjects
from saiban.intake.services.loading import check_batch, load_batch, load_next_part
from saiban.intake.services.receiving import add_source, receive_batch
from saiban.intake.services.recording import erase_nobody, record
from saiban.intake.services.reporting import mark_part_applied, note_outcome

__all__ = [
    "Erased",
    "add_source",
    "check_batch",
    "erase_nobody",
    "erase_subjects",
    "load_batch",
    "load_next_part",
    "mark_part_applied",
    "note_outcome",
    "receive_batch",
    "record",
    "uploads",
]

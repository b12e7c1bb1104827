"""A file that a browser sends: written to the disk as it comes, and no further than there is leave and room.

What is too large, or finds the disk full, is read to its end and thrown away, so that the page can say it at
the field; nothing of it stays.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from saiban.intake.reasons import FileRefused, refusal
from saiban.intake.room import NoRoom, is_no_room

MARK = "saiban.upload_refused"


class LimitedUpload(TemporaryFileUploadHandler):
    """Django's own way to the disk, with a limit."""

    _size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; a disk that is full before the first byte is noted too."""
        self._size = 0
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._give_up(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a block, or skip the file."""
        self._size += len(raw_data)
        if self._size > settings.SAIBAN_MOST_UPLOADED_MB << 20:
            self._skip("too_big")
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._give_up(error)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Hand over the file; the last of it is written only now."""
        try:
            return super().file_complete(file_size)
        except OSError as error:
            with suppress(SkipFile):  # nothing is left to be skipped
                self._give_up(error)
            return None

    def _give_up(self, error: OSError) -> NoReturn:
        if is_no_room(error):
            self._skip("no_room")
        raise error

    def _skip(self, why: str) -> NoReturn:
        if self.request is not None:
            self.request.META[MARK] = why
        if getattr(self, "file", None) is not None:
            with suppress(OSError):
                self.file.close()  # a temporary file goes with its handle
        raise SkipFile


def why_refused(request: HttpRequest) -> str:
    """Say in the reader's language why a file did not arrive; nothing where it did."""
    why = request.META.get(MARK)
    if why == "no_room":
        return str(NoRoom.sentence)
    if why == "too_big":
        limit = f"{settings.SAIBAN_MOST_UPLOADED_MB:,} MB"
        said = refusal(FileRefused("too_big", limit=limit).refusal)
        return f"{said.sentence} {_('Expected: %(expected)s.') % {'expected': said.expected}}"
    return ""

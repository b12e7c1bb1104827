"""``current.json`` beside the tables: the versions that belong together, since when, as of which change.

It is replaced last and at once, so that who reads several tables by it never sees one of them ahead of the
others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from saiban.core.lake.tables import location

NAME = "current.json"


@dataclass(frozen=True)
class TableVersion:
    """A table as readers are shown it; ``files`` and ``size`` (bytes) are those of this version."""

    version: int
    rows: int
    digest: str
    files: int = 0
    size: int = 0
    written_at: str = ""

    @property
    def moment(self) -> datetime | None:
        """When it was written; None where a former release wrote it."""
        return datetime.fromisoformat(self.written_at) if self.written_at else None


@dataclass(frozen=True)
class Manifest:
    """What the lake holds: ``change_set`` is the newest that is in it, ``key_id`` the key of its tokens.

    ``rebuilt_why`` is a code: ``first``, ``asked``, ``keys`` or ``columns``.
    """

    key_id: int
    written_at: str
    change_set: int | None = None
    tables: Mapping[str, TableVersion] = field(default_factory=dict)
    rebuilt_at: str = ""
    rebuilt_why: str = ""

    @property
    def moment(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.written_at)

    @property
    def rebuilt(self) -> datetime | None:
        """When all of it was last built anew."""
        return datetime.fromisoformat(self.rebuilt_at) if self.rebuilt_at else None


def now() -> str:
    """The time as it is kept."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read() -> Manifest | None:
    """Read it; None where no lake was built yet."""
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(_absolute())
    if system.get_file_info(path).type != fs.FileType.File:
        return None
    with system.open_input_stream(path) as stream:
        said = json.loads(stream.readall())
    said["tables"] = {name: TableVersion(**table) for name, table in said["tables"].items()}
    return Manifest(**said)


def write(manifest: Manifest) -> None:
    """Replace it at once: by a rename in a folder; an object of object storage is whole or not there."""
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(_absolute())
    is_folder = isinstance(system, fs.LocalFileSystem)
    part = f"{path}.part" if is_folder else path
    with system.open_output_stream(part) as stream:
        stream.write(json.dumps(asdict(manifest), indent=1).encode())
    if is_folder:
        system.move(part, path)


def _absolute() -> str:
    """The address as pyarrow takes it: a scheme or an absolute path."""
    from pathlib import Path

    here = location()
    return f"{here}/{NAME}" if "://" in here else str(Path(here).absolute() / NAME)

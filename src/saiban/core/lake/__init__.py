"""The lake: what analysts read. Parquet by district in a table format (Delta), written from PostgreSQL.
Nothing that decides reads it; what is asked on the command line may (``calc.delta``).

A room says in its ``lake.py`` what it gives; ``config/lake.py`` is the one table of it. What moved is noted
(``note``, ``note_change_set``) and written by the worker; ``services`` builds all of it anew.
"""

from saiban.core.lake.notes import note, note_change_set
from saiban.core.lake.tables import LakeTable, location

__all__ = ["LakeTable", "location", "note", "note_change_set"]

"""Words in the text of a query, where they cannot be handed over beside it."""


def text(value: str) -> str:
    """Quote a word as a string of SQL.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"

"""The one error for input that a person can mend."""


class BadInput(Exception):
    """Something that was handed in is not as expected: says what, where, and what would be right.

    ``place`` names the spot (file, row, field), ``expected`` what should stand there.
    """

    def __init__(self, message: str, *, place: str = "", expected: str = "") -> None:
        """Keep the parts for pages, and make one sentence of them for the terminal."""
        self.message, self.place, self.expected = message, place, expected
        parts = [f"{place}: {message}" if place else message, f"Expected: {expected}." if expected else ""]
        super().__init__(" ".join(part for part in parts if part))

"""Between which numbers can an expression lie? Integers of a known number of decimal places."""

from dataclasses import dataclass

DIGITS = 18
MOST: int = 10**DIGITS - 1
EXACT_DIVIDEND = 2**53 - 1  # engines divide through doubles; up to here the whole quotient is exact


@dataclass(frozen=True)
class Span:
    """Least and greatest value, both as integers in units of the last place.

    >>> Span(5, 25, places=1).times(Span(-2, 2, places=0))
    Span(low=-50, high=50, places=1)
    """

    low: int
    high: int
    places: int

    @property
    def greatest(self) -> int:
        """The greatest absolute value."""
        return max(abs(self.low), abs(self.high))

    @property
    def fits(self) -> bool:
        """True where no value needs more than 18 digits."""
        return self.greatest <= MOST

    def with_places(self, places: int) -> "Span":
        """The same in units of a later place."""
        more = 10 ** (places - self.places)
        return Span(self.low * more, self.high * more, places)

    def negative(self) -> "Span":
        return Span(-self.high, -self.low, self.places)

    def plus(self, other: "Span") -> "Span":
        left, right = aligned(self, other)
        return Span(left.low + right.low, left.high + right.high, left.places)

    def minus(self, other: "Span") -> "Span":
        return self.plus(other.negative())

    def times(self, other: "Span") -> "Span":
        corners = [one * two for one in (self.low, self.high) for two in (other.low, other.high)]
        return Span(min(corners), max(corners), self.places + other.places)

    def divided(self) -> "Span":
        """A whole quotient is never farther from zero than its dividend."""
        return Span(-self.greatest, self.greatest, 0)

    def remainder(self, divisor: "Span") -> "Span":
        """A remainder has the sign of the dividend and is nearer to zero than the divisor."""
        most = max(min(self.greatest, divisor.greatest - 1), 0)
        return Span(-most if self.low < 0 else 0, most if self.high > 0 else 0, 0)


def aligned(left: Span, right: Span) -> tuple[Span, Span]:
    """Both in units of the later of their last places."""
    places = max(left.places, right.places)
    return left.with_places(places), right.with_places(places)

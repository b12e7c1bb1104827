"""Numbers of policy for a rule: those of a day, and the check of those that are handed in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from saiban.calc import policy
from saiban.calc.rules.model import CheckedRule
from saiban.calc.rules.vocabulary import POLICY_PLACES, UNLIMITED


def policy_numbers(rule: CheckedRule, *, on: date, allow_unconfirmed: bool = False) -> dict[str, Decimal]:
    """The numbers of policy that a rule names, in force on a day.

    Raises:  NoValue, UnconfirmedValue as ``calc.policy.value`` does.
    """
    return {name: policy.value(name, on=on, allow_unconfirmed=allow_unconfirmed) for name in rule.policies}


def checked(rule: CheckedRule, numbers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Those of the numbers that the rule names, without zeros at the end.

    Raises:  ValueError where one is missing, beyond ±10^9, or has more than four places: the rule was checked
             within these limits.
    """
    return {name: _checked(name, numbers) for name in rule.policies}


def _checked(name: str, numbers: Mapping[str, Decimal]) -> Decimal:
    if name not in numbers:
        raise ValueError(f"the rule needs the policy number {name}")
    value = Decimal(numbers[name])
    shortest = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    if abs(value) > UNLIMITED or -int(shortest.as_tuple().exponent) > POLICY_PLACES:
        raise ValueError(f"{name} = {value} is beyond ±{UNLIMITED} or has more than {POLICY_PLACES} places")
    return shortest

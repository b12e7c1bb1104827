"""Rules: who is eligible, as an expression of CEL over the field dictionary, answered yes, no, or unknown
because of what.
"""

from saiban.calc.rules.checking import check
from saiban.calc.rules.compiled import answers_sql
from saiban.calc.rules.expression import answers
from saiban.calc.rules.model import Answer, CheckedRule, Clause, ClauseAnswer, Eligibility, Unit
from saiban.calc.rules.policies import policy_numbers
from saiban.calc.rules.single import answer_one
from saiban.calc.rules.vocabulary import known_fields
from saiban.calc.rules.words import in_words

__all__ = [
    "Answer",
    "CheckedRule",
    "Clause",
    "ClauseAnswer",
    "Eligibility",
    "Unit",
    "answer_one",
    "answers",
    "answers_sql",
    "check",
    "in_words",
    "known_fields",
    "policy_numbers",
]

"""What CEL has and a rule may not use, by its name, each with what to write instead."""

ANSWERS = "== or in, with answers of the dictionary"
MEMBERS = "a field of the household that counts its members, e.g. members_under_5"
ONE_TYPE = "whole numbers with whole numbers and decimals with decimals, without conversion"
FUNCTIONS = {  # names of functions: what they are, what to write instead
    "has": ("macro", "the field alone: what is not known makes the answer unknown by itself"),
    "all exists exists_one map filter": ("macro", MEMBERS),
    "startsWith endsWith contains matches": ("function", ANSWERS),
    "size": ("function", MEMBERS),
    "int uint double string bool bytes dyn type": ("conversion", ONE_TYPE),
    "timestamp duration getFullYear getMonth getDate": ("function", "age, in completed years"),
}
FORMS = {
    "ternary": ("the choice ? : is not taken.", "conditions joined by && and ||"),
    "index": ("[ ] after a value is not taken.", "a field by its code"),
    "message": ("messages { } are not taken.", "a field by its code"),
    "map": ("maps { } are not taken.", "a list [ ] after in"),
    "list": ("a list can only stand after in.", "a field in [ ]"),
    "null": ("null is not taken.", "no test for it: what is not known makes the answer unknown by itself"),
    "rooted": ("a name cannot begin with a dot.", "a field by its code"),
    "other_number": (
        "hexadecimal and unsigned numbers and exponents are not taken.",
        "digits, with a point at most",
    ),
    "other_string": (
        "escapes, raw strings, bytes and strings over several lines are not taken.",
        "an answer of the dictionary in plain quotes",
    ),
}


def of_function(name: str) -> tuple[str, str]:
    """Why a function is refused, and what would be right."""
    for names, (what, instead) in FUNCTIONS.items():
        if name in names.split():
            return f"the {what} {name}() is not taken.", instead
    return f"there is no function {name}().", "a condition on fields; rules call no functions"

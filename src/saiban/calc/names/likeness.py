"""How alike two words are, from 0 to 1: 1 for the same word, 0.9 and more for what sounds the same."""

from __future__ import annotations

from functools import lru_cache

from saiban.calc.names.letters import is_urdu
from saiban.calc.names.sounds import fold, sound

SAME, IN_OTHER_SCRIPT, SOUNDS_ALIKE = 1.0, 0.97, 0.9
LEAST_LIKE = 0.5  # below it, one word was not meant for the other


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """Likeness of two words of ``letters.words``, in either script.

    Out: 1 where both are written (folded) the same, 0.97 where two scripts sound the same, from 0.9 where
    they sound the same; below that, one less the share of letters that are slipped, of folds or, between
    scripts, sounds. Symmetric.

    >>> likeness("aslam", "اسلم"), likeness("jamil", "jamal") > 0.9, likeness("aslam", "aslma") > 0.7
    (0.97, True, True)
    """
    if one == other:
        return SAME
    same_script = is_urdu(one) == is_urdu(other)
    alike = max(_ratio(fold(one), fold(other)), _ratio(one, other)) if same_script else 1.0
    if sound(one) == sound(other):
        if not same_script:
            return IN_OTHER_SCRIPT  # short vowels are not written there: Islam or Aslam
        return SOUNDS_ALIKE + (SAME - SOUNDS_ALIKE) * alike
    of_sounds = 0.85 * _ratio(sound(one), sound(other))
    return max(0.88 * alike, of_sounds) if same_script else of_sounds


def _ratio(one: str, other: str) -> float:
    longer = max(len(one), len(other))
    return 1.0 if not longer else 1 - slips(one, other) / longer


def slips(one: str, other: str) -> int:
    """How many letters are more, less, other, or changed about with their neighbour (optimal string
    alignment).

    >>> slips("aslam", "aslma"), slips("bashir", "basir"), slips("", "ali")
    (1, 1, 3)
    """
    from rapidfuzz.distance import OSA  # not at start-up, which hardly ever asks

    return OSA.distance(one, other)

"""Numbers of advisory locks, together, so that no two things wait for each other by chance.

Each is taken by its number alone, or as (number, id) where one is meant for each area or batch.
"""

CHAIN = 7_240_001  # who chains audit rows
PERIODIC = 7_240_002  # who runs what comes back by the clock
PARTITIONS = 7_240_003  # who makes a month's partition of observations (intake/migrations/0002_protect.py)
TASKS = 7_240_004  # who runs background tasks
LAKE = 7_240_005  # who writes the lake; with 0: who asks for it
ROTATION = 7_240_006  # who writes tokens (shared), who lets another key begin (alone)
APPLY = 7_240_007  # who applies a part: two at once might make the same household twice
OBSERVATIONS = 7_240_008  # with the batch: the numbers of a part's observations follow one another
KNOWLEDGE = 7_240_009  # with the district: who counts what is known there
CYCLE = 7_240_010  # who chooses: two schemes that exclude each other must not choose the same people
RULE_VERSIONS = 7_240_011  # who adds a version of a rule: two at once would take the same number
ERASURE = 7_240_012  # who writes what was said of subjects (shared), who destroys their salts (alone)

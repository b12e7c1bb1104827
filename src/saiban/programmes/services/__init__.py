"""The only writers of programmes, by topic: lists, overlaps, schemes, cycles, enrolments, proposals."""

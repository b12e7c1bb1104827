"""Ages of knowledge: how much of each field is known, by whom, how old it is, how often contradicted."""

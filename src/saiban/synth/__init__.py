"""A synthetic province: made from parameters of real surveys, with its hidden truth beside it."""

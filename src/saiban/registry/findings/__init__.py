"""What a survey found of households that were known before: lists, and the doubtful ones side by side."""

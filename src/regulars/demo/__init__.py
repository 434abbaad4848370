"""A year of real purchases as a brand's history: the Complete Journey data set, shifted to end this week."""

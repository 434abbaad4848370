"""Did it work: groups of an experiment compared, from sums over their members. Pure but for `queries`."""

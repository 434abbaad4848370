"""Proof that the books are as they were written: from the database, or from a dump of it, with nothing else."""

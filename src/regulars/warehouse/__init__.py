"""The brand's history as Parquet: what the log said, by month, for whoever counts."""

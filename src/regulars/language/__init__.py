"""The words that every room shares: events, snapshots, conditions, effects. Pure: no database, no clock."""

"""How fast Regulars is on this machine, beside pgbench on the same PostgreSQL."""

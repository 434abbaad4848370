"""The reports on customers, sales and the programme: each a pure function over the warehouse's tables."""

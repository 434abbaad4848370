"""What is known of each member by counting and by models: RFM, lifecycle, expected orders, rhythm, preferences."""

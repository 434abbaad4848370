"""The processes of one installation: the supervisor, the server, the worker, and the database beneath them."""

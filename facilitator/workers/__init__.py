"""Several server processes on one PostgreSQL: who is there, what they share, how they are started."""

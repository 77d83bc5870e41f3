"""What the application does, apart from how it is asked: no requests, no responses."""

"""What compiled endpoints call while a request is served: small, ordinary functions."""

"""What `make` runs: environments, checks of the documentation, pins. None of it is distributed."""

"""What the user writes, remembered and not yet understood."""

"""Plan to function: knows Python text, knows no HTTP."""

"""The rules, one module for each group of ids; `table.py` lists them all."""

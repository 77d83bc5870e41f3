"""Other frameworks, each in an environment and a process of its own.

A module here is one framework. Its `APPLICATIONS` are functions that make an application, by workload; they use what the
framework has for the purpose, and pydantic-core by hand (benchmarks.by_hand) where it leaves validation to its users.
"""

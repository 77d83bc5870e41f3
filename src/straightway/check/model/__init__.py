"""A small semantic model of the user's project, built once from its source; rules only read it.

source.py        files, their syntax trees, and which node stands where
scopes.py        what a name is bound to in each scope
project.py       modules that belong together; from an expression to the definition it means
annotations.py   parameters and types: Annotated, aliases, Optional, lists
functions.py     functions and what they ask for; dependencies and their closure
classes.py       classes, their bases and fields
routes.py        applications, routers, routes and inclusions; the routes of an application in order of matching
"""

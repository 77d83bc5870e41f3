"""`straightway compat` tells whether an application written for FastAPI behaves the same on Straightway.

Both frameworks are called `fastapi` to such an application, so each has it in a process of its own:

    command.py          options and exit codes
    frameworks.py       which interpreter and which import path make `import fastapi` mean FastAPI, or Straightway
    comparing.py        the course of a comparison
    side.py             one of the two processes, as the command sees it
    child.py            what runs in that process: load, describe, answer; exchange.py sends through ASGI
    wire.py             what passes between the two
    operations.py       the OpenAPI document as a list of operations
    values.py           values that a schema allows, patterns.py those of a regular expression
    requests.py         requests as the document wants them, mistakes.py those with something wrong
    documents.py        differences between documents, in words
    answers.py          differences between answers, in words
    deliberate.py       which of them docs/compatibility.md announces
    report.py           the text for people, and the JSON

`child.py` and what it imports use nothing but the standard library: they also run in the environment of a project that
has neither Straightway nor click.
"""

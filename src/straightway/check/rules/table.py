"""All rules, in order of their ids: severity, title, why it matters and what to write instead.

Ids are stable: one that is given up is not given to another rule. The hundreds are the groups:
1 routing, 2 parameters and bodies, 3 dependencies, 4 async, 5 answers, 6 failures, 7 security, 8 deployment.
"""

from straightway.check import loaded
from straightway.check.findings import Rule, Severity
from straightway.check.rules import (
    concurrency,
    dependencies,
    deployment,
    failures,
    parameters,
    problems,
    responses,
    routing,
    security,
)

__all__ = ["GROUPS", "RULES", "rule_of"]

ERROR, WARNING = Severity.ERROR, Severity.WARNING

GROUPS = {
    "1": "Routing",
    "2": "Parameters and bodies",
    "3": "Dependencies",
    "4": "Async",
    "5": "Answers",
    "6": "Failures",
    "7": "Security",
    "8": "Deployment (with `--deploy`)",
}

RULES = (
    Rule(
        "SW101", ERROR, "Shadowed route",
        "Routes are tried in the order they are declared, and the first that matches answers.",
        "declare the route with the fixed path before the one with the parameter",
        routing.shadowed, loaded.shadowed,
    ),
    Rule(
        "SW102", ERROR, "Duplicate route",
        "Of two routes with the same method and path only the first one ever answers.",
        "remove one of the two, or give it another path or method",
        routing.duplicates, loaded.duplicates,
    ),
    Rule(
        "SW103", ERROR, "Duplicate operation id",
        "OpenAPI wants operation ids to be unique; generated clients lose one of the two functions.",
        "give each route an operation_id of its own",
        routing.operation_ids, loaded.operation_ids,
    ),
    Rule(
        "SW104", ERROR, "Misspelt path parameter",
        "A parameter that is not called as in the path is read from the query string, and the path's value is dropped.",
        "spell the parameter as in the path",
        routing.misspelt,
    ),
    Rule(
        "SW105", WARNING, "Unused path parameter",
        "Clients are made to send a value that nothing reads: often a wrong object is answered.",
        "add the parameter to the function",
        routing.missing,
    ),
    Rule(
        "SW201", WARNING, "Mutable default",
        "A default is made once, when the function is defined: what one request puts into it, the next one finds.",
        "use None as the default and make a new one in the function, or Field(default_factory=...)",
        parameters.mutable_defaults,
    ),
    Rule(
        "SW202", ERROR, "List read from the body of a GET",
        "Without Query() a list is a JSON body, and requests with GET, HEAD and DELETE have none.",
        "mark it with Query()",
        parameters.list_on_get,
    ),
    Rule(
        "SW203", WARNING, "Body on GET, HEAD or DELETE",
        "HTTP gives such a body no meaning: browsers cannot send it, proxies and caches drop it.",
        "read the values from the query string, or use POST",
        parameters.body_on_get, loaded.bodies,
    ),
    Rule(
        "SW204", ERROR, "Dependency lost to a query parameter",
        "Postponed annotations are evaluated with the module's names: what a function defines is not among them.",
        "define what the annotation names at the top level of the module",
        parameters.lost_dependencies,
    ),
    Rule(
        "SW205", ERROR, "Password in the query string",
        "URLs are kept in histories and logs, bodies are not.",
        "read it from a form or a JSON body",
        parameters.secrets_in_queries,
    ),
    Rule(
        "SW301", ERROR, "Dependency called instead of named",
        "Depends() wants the function: called once at import, it gives all requests the same value, or fails.",
        "leave out the parentheses after the function's name",
        dependencies.called_too_early, fixable=True,
    ),
    Rule(
        "SW302", WARNING, "Commit after yield",
        "What follows `yield` runs after the response was sent; a commit that fails there is an answer that lied.",
        'commit before the response, in the endpoint or in a dependency with scope="function"',
        dependencies.commits_late,
    ),
    Rule(
        "SW303", ERROR, "Exception swallowed around yield",
        "A dependency sees the endpoint's exception first; kept there, no handler can make a response of it.",
        "end the `except` block with `raise`",
        dependencies.swallowed,
    ),
    Rule(
        "SW304", WARNING, "Unused dependency override",
        "Overrides are found by the very function that is depended upon; any other key is ignored in silence.",
        "use the function that is written in Depends() as the key",
        dependencies.unused_overrides, loaded.overrides,
    ),
    Rule(
        "SW401", ERROR, "Blocking call in async def",
        "One event loop serves all requests of a process: while one function waits, none of the others is answered.",
        "use an async library, or make the function a plain def, which runs in a thread",
        concurrency.waits,
    ),
    Rule(
        "SW402", WARNING, "File read on the event loop",
        "Disks are slow now and then, network disks often; all requests of the process wait meanwhile.",
        "make the function a plain def, or use anyio.open_file()",
        concurrency.files,
    ),
    Rule(
        "SW403", ERROR, "Synchronous database in async def",
        "A query with a synchronous driver stops the event loop until the database has answered.",
        "make the function a plain def, or use the driver's async interface",
        concurrency.databases,
    ),
    Rule(
        "SW404", ERROR, "Coroutine that nobody awaits",
        "Calling an async function only makes a coroutine: without `await` nothing of it runs.",
        "write await before the call",
        concurrency.forgotten_await, fixable=True,
    ),
    Rule(
        "SW501", ERROR, "Sensitive field in a response model",
        "A response model sends all its fields, to everybody who may call the route.",
        "answer with a model without that field",
        responses.sensitive_fields,
    ),
    Rule(
        "SW502", ERROR, "Same model for input and output with a password",
        "What the client sent comes back, and stays in logs and caches on the way.",
        "make one model for the input and another one, without the password, for the answer",
        responses.same_model,
    ),
    Rule(
        "SW503", WARNING, "Stored object sent without a response model",
        "Every column is sent, those that are added next year too.",
        "declare a response model with the fields that the world may see",
        responses.without_model,
    ),
    Rule(
        "SW504", WARNING, "Response model contradicts the return annotation",
        "response_model wins: readers and type checkers believe the annotation, clients get something else.",
        "keep one of the two, or annotate with the type that is returned and let the model be one of its bases",
        responses.contradictions,
    ),
    Rule(
        "SW505", ERROR, "Body in an answer that has none",
        "Answers with status 204, 205 and 304 end with their headers: the body is dropped or breaks the connection.",
        "return nothing, or use status 200",
        responses.body_of_nothing,
    ),
    Rule(
        "SW506", ERROR, "Status in a tuple",
        "A tuple is an ordinary value here: it becomes a JSON list, and the status stays 200.",
        "raise HTTPException(...), return JSONResponse(..., status_code=...), or set status_code in the decorator",
        responses.status_in_tuple,
    ),
    Rule(
        "SW601", ERROR, "Exception returned instead of raised",
        "A returned exception is a value like any other, for which clients get status 200 or 500.",
        "write raise in place of return",
        failures.returned_exceptions, fixable=True,
    ),
    Rule(
        "SW602", WARNING, "Unreachable exception handler",
        "For one kind of exception one handler is kept, and one `except` reached: the first clause or the last handler.",
        "remove or merge one of the two",
        failures.replaced_handlers, loaded.handlers,
    ),
    Rule(
        "SW603", ERROR, "Background task that never runs",
        "Tasks run after the endpoint's response; an exception is answered by another response, without them.",
        "add the task on the way that returns",
        failures.lost_tasks,
    ),
    Rule(
        "SW604",
        ERROR,
        "HTTPException raised in middleware",
        "Exception handlers stand inside of middleware: what middleware raises goes past them and becomes a 500.",
        "return JSONResponse(..., status_code=...), or do it in a dependency, where raising works",
        failures.raised_outside,
    ),
    Rule(
        "SW605", WARNING, "Problem that is not declared",
        "Clients, and what is generated for them, know the problems that the OpenAPI document lists.",
        "add the class to raises=[...] of the route",
        problems.undeclared,
    ),
    Rule(
        "SW701", ERROR, "CORS for every origin with credentials",
        "With allow_credentials the middleware answers * with the caller's own origin: any site can act as the user.",
        "list the origins of your own frontends in allow_origins",
        security.cors_for_all, loaded.cors,
    ),
    Rule(
        "SW702", WARNING, "CORS inside of other middleware",
        "The middleware added last is outermost: answers made outside of CORS lack its headers.",
        "add CORSMiddleware last",
        security.cors_inside,
    ),
    Rule(
        "SW703", ERROR, "Secret in the source",
        "Whoever may read the repository, or an image made from it, has the secret.",
        "read it from the environment, for example with pydantic-settings",
        security.secrets,
    ),
    Rule(
        "SW704", ERROR, "Well-known secret",
        "Keys of tutorials and placeholders are the first that are tried.",
        "generate one (openssl rand -hex 32) and read it from the environment, without a default",
        security.tutorial_secrets,
    ),
    Rule(
        "SW705", ERROR, "Token decoded without pinned algorithms",
        "A token names its own algorithm: unless the server says which it accepts, the sender chooses.",
        'write algorithms=["HS256"], the one the tokens are signed with',
        security.unpinned_tokens,
    ),
    Rule(
        "SW706", WARNING, "Unauthenticated write route",
        "Its siblings are protected, so that this one was probably forgotten.",
        "give it the dependency that its siblings have, best on the whole router",
        security.open_writes,
    ),
    Rule(
        "SW801", ERROR, "Debug in production",
        "Tracebacks show source, paths and values of variables.",
        "leave out debug, or read it from a setting that is off by default",
        deployment.debug, loaded.debug, deploy=True,
    ),
    Rule(
        "SW802", WARNING, "Reload in production",
        "A server that reloads watches files and cannot have several workers.",
        "leave out reload and serve with straightway run",
        deployment.reload, deploy=True,
    ),
    Rule(
        "SW803", WARNING, "No limit on request bodies",
        "A single request can fill the memory of the process.",
        "write Straightway(max_body_size=...), in bytes, and a larger one on the routes that take uploads",
        None, loaded.body_limit, deploy=True,
    ),
)  # fmt: skip

_BY_ID = {rule.id: rule for rule in RULES}


def rule_of(rule_id: str) -> Rule | None:
    """Return the rule with that id."""
    return _BY_ID.get(rule_id.upper())

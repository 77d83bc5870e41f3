"""What a server cannot do, whatever the application is.

`EXPECTED` are tests that fail each time, strictly: one that passes fails the run. `LEFT_OUT` are not run on a server, as
what becomes of them there depends on which byte comes first. `make servers` prints the reasons of both.

With `STRAIGHTWAY_SERVER_BARE=1` these tests and no others are run, without marks, on the bare Starlette application in
`tests/servers/bare.py`: what fails there is the server's.
"""

UNREAD = "the server neither reads on nor closes while a refused body of megabytes is coming"
DROPS = "the server drops a connection on which a refused body is still coming, over HTTP/2"
CLOSES = "the server closes a connection on which a refused body is still coming, and the answer may be lost"
LATE = "the server answers 100 before it asks the application"
EXIT = "the server ends with exit code 0 when the application does not start"
CODE = "the server hands the application 1006 for the code that a WebSocket's client closed with"
NO_CODES = "RSGI has no code and no reason of a WebSocket's end"
NO_SUBPROTOCOLS = "RSGI accepts a WebSocket without a subprotocol"

EXPECTED = {
    "hypercorn": {
        "test_client_that_asks_first_is_refused_before_it_sends": LATE,
        "test_application_that_does_not_start_is_not_served": EXIT,
        "test_body_that_comes_after_its_refusal_over_http2": DROPS,
        "test_code_of_the_client_reaches_the_endpoint": CODE,
    },
    "granian through RSGI": {
        "test_code_of_the_client_reaches_the_endpoint": NO_CODES,
        "test_code_and_reason_of_the_endpoint_reach_the_client": NO_CODES,
        "test_subprotocol_is_chosen": NO_SUBPROTOCOLS,
    },
}

LEFT_OUT = {
    "hypercorn": {
        "test_connection_after_a_refusal_that_leaves_the_body_unread[declared-large]": UNREAD,
        "test_connection_after_a_refusal_that_leaves_the_body_unread[chunked-large]": UNREAD,
        "test_body_beyond_the_limit_is_refused[declared-slightly]": CLOSES,
        "test_body_beyond_the_limit_is_refused_over_http2[slightly]": DROPS,
        "test_body_beyond_the_limit_is_refused_over_http2[by-far]": DROPS,
        "test_refusal_that_leaves_the_body_unread_over_http2[large]": DROPS,
    },
}

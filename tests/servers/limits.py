"""What a server cannot do, whatever the application is: each was seen with a bare Starlette application too."""

HANGS = "reads no more and does not close while more of an unread body than its queue holds is on its way"
CODES = "hands the application 1006 or 1000 for the client's close code"

LIMITS = {
    "hypercorn": {
        "test_connection_after_a_refusal_that_leaves_the_body_unread[declared-large]": HANGS,
        "test_connection_after_a_refusal_that_leaves_the_body_unread[chunked-large]": HANGS,
        "test_client_that_asks_first_is_refused_before_it_sends": "answers 100 before it asks the application",
        "test_application_that_does_not_start_is_not_served": "ends with exit code 0",
        "test_body_beyond_the_limit_is_refused_over_http2": "drops a connection on which an unread body comes in",
        "test_refusal_that_leaves_the_body_unread_over_http2": "drops a connection on which an unread body comes in",
        "test_messages_come_back_as_they_were": CODES,
        "test_subprotocol_is_chosen": CODES,
    },
}

"""Over the wire: real servers with one worker on one core, put under load by wrk on another."""

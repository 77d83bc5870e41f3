"""`python -m straightway`: the same as the command `straightway`."""

import sys

# Guarded, because a spawned child process imports this module again.
if __name__ == "__main__":
    if not sys.flags.safe_path:
        # The current directory comes first here, so that a file of the user's called email.py or logging.py would be
        # imported by the server in place of Python's own. The application's folder is added when it is imported.
        del sys.path[0]
    from straightway.cli import main

    main()

"""What every test may count on."""

import signal

# A shell that starts pytest in the background makes it ignore Ctrl-C, and every program that a test starts with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

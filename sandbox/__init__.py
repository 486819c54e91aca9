"""AWS on this machine, for the real `pulumi up`: `python -m sandbox start|stop|status|env|reset`."""

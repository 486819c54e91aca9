"""AWS on this machine, for the real `pulumi up`: `slipway sandbox start|stop|status|env|reset`."""

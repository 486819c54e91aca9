"""The language of engine and provider: values on the wire, the servicer, errors."""

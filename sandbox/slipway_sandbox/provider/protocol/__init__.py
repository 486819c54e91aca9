"""What the engine and a provider speak: values on the wire, the servicer, errors."""

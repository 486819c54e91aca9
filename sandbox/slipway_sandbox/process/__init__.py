"""The sandbox's background process: start, stop, ports, directory, snapshot."""

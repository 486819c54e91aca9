"""Lets botocore read each of its files once per process: a session reads EC2's description anew, in half a second.

Moto takes the default session away for each test, and many tests make a session of their own.
"""

import functools

from botocore.loaders import JSONFileLoader, Loader


def read_once() -> None:
    """From here on every session of this process shares what it reads."""
    files = JSONFileLoader()
    files.load_file = functools.cache(files.load_file)
    Loader.FILE_LOADER_CLASS = staticmethod(lambda: files)

"""Sizes of tasks, in the spellings that ECS takes.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

import re

SIZE = re.compile(r"(?P<number>\d+(\.\d+)?|\.\d+)\s*(vcpu|gb)", re.IGNORECASE)


def size_units(amount: str) -> str:
    """CPU units or MiB of a size such as `1 vCPU` or `2 GB`, as ECS answers them; another text as it is.

    >>> size_units(".5 vCPU"), size_units("2GB"), size_units("1024")
    ('512', '2048', '1024')
    """
    size = SIZE.fullmatch(amount.strip())
    return str(round(float(size["number"]) * 1024)) if size else amount

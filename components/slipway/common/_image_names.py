"""Names of images, as Docker and every registry read them.

Source: https://github.com/distribution/reference/blob/main/regexp.go and normalize.go
"""

import re

IMAGE_EXAMPLES = "python:3.12-slim or ghcr.io/shop/app:1.4"
# A first part with a dot, a port or a capital, or localhost, is a registry; any other part is a name.
_HOST = r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:)|[a-z0-9-]*[A-Z][A-Za-z0-9-]*|localhost)(?::[0-9]+)?/"
_WORD = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DIGEST = r"@sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})"
_IMAGE = re.compile(rf"(?:{_HOST})?{_WORD}(?:/{_WORD})*(?::\w[\w.-]{{0,127}})?(?:{_DIGEST})?", re.ASCII)


def is_image_name(text: str) -> bool:
    """Whether a text names an image. A number alone does not: no registry has such a name, and YAML makes it by mistake.

    >>> is_image_name("ghcr.io/shop/app:1.4"), is_image_name("UPPER:1")
    (True, False)
    """
    return _IMAGE.fullmatch(text) is not None and any(character.isalpha() for character in text)

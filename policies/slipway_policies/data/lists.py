"""Lists of AWS that age, read from dated files: versions, TLS policies, sizes.

Each file of `data/` says when it was checked and against which page.
"""

import datetime
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
DAYS_FRESH: Final = 365  # AWS announces the end of an EKS version a year before, and adds TLS policies about yearly


@cache
def read(name: str) -> dict[str, Any]:
    """The content of `data/<name>.json`."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return content


def aged(today: datetime.date) -> list[str]:
    """One sentence for each file that was checked more than DAYS_FRESH days before `today`."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        checked = datetime.date.fromisoformat(read(path.stem)["checked"])
        if (today - checked).days > DAYS_FRESH:
            found.append(
                f"The pack's list {path.stem} was checked on {checked}. Fix: take a newer version of the pack."
            )
    return found

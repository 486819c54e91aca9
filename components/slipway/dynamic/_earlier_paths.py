"""Earlier paths of the modules here: states written before the modules moved load their classes from these paths.

To load `slipway._verdict`, Python imports `slipway` first, and the import of `slipway` runs this module.
"""

import sys

from . import image_check, image_scan, private_key, verdict

EARLIER = {
    "slipway._verdict": verdict,
    "slipway._private_key": private_key,
    "slipway._image_check": image_check,
    "slipway._image_scan": image_scan,
}
"""Path in a state written before the move, to the module that has its class now."""

sys.modules.update(EARLIER)

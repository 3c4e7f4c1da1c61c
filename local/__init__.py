"""The laptop stack: template.yaml turned into a running system on loopback; never deployed.

Owns nothing of the product. It reads the translated template and runs every route, queue, bucket event, schedule and
state machine that stands in it, on an embedded Postgres and on moto in place of AWS. What is not in the template does
not run here either, so what runs on a laptop is what would deploy.
"""

import sys
from pathlib import Path

# The package under test of `python -m local`: in Lambda it comes from the layer, here from its folder.
_CORE = str(Path(__file__).resolve().parents[1] / "layers" / "core" / "python")
if _CORE not in sys.path:
    sys.path.insert(0, _CORE)

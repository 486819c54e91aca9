"""Tools of the set-up: a file is written whole or not at all."""

import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

from setup.machine import write_whole

ROOT = Path(__file__).parents[2]
# A limit on the size of files stands for a full disk: a write fails after some bytes.
FULL = f"""import resource, signal, sys; from pathlib import Path; from setup.machine import write_whole
signal.signal({int(signal.SIGXFSZ)}, signal.SIG_IGN); resource.setrlimit({resource.RLIMIT_FSIZE}, (100, 100))
write_whole(Path(sys.argv[1]), 1000 * "new")"""


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "stamp"
    write_whole(file, "old", 0o755)
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    ended = subprocess.run([sys.executable, "-c", FULL, file], cwd=ROOT, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == "OSError: [Errno 27] File too large"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"stamp": "old"}

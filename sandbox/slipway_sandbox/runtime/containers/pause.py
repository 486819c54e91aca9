"""The image of a task's network namespace: one program, asleep for ever.

No such image can be counted on to be pulled, and no compiler to be there; the program is short enough to be written here.
"""

import io
import struct
import tarfile

IMAGE = "slipway-sandbox/pause:1"
_BASE = 0x400000
_HEADERS = 64 + 56

# loop: pause(); goto loop - by architecture, as Docker names it: ELF machine number and instructions.
_PROGRAMS = {
    "x86_64": (62, bytes.fromhex("b822000000 0f05 ebf7")),  # mov eax,34; syscall; jmp loop
    "aarch64": (  # ppoll(0, 0, 0, 0): x8 = 73, x0..x4 = 0, svc 0, b loop
        183,
        struct.pack(
            "<8I", 0xD2800928, 0xD2800000, 0xD2800001, 0xD2800002, 0xD2800003, 0xD2800004, 0xD4000001, 0x17FFFFF9
        ),
    ),
}


def program(architecture: str) -> bytes:
    """A static ELF executable for `architecture`. Raises KeyError for an unknown one."""
    machine, code = _PROGRAMS[architecture]
    size = _HEADERS + len(code)
    identity = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x1000)
    return identity + header + segment + code


def root_filesystem(architecture: str) -> bytes:
    """Tar archive with the program at /pause, for `docker import`."""
    content = program(architecture)
    entry = tarfile.TarInfo("pause")
    entry.size, entry.mode = len(content), 0o755
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()

"""Kills the engine, the program or the sandbox amid the reference platform's updates, and judges what comes of it.

    python -m tests.chaos --kills 6 --seed 1

Each round deploys from empty, changes and destroys the platform in a clean copy of the checkout, with one kill in each of the
three. Afterwards it runs the same command again, at most twice, and nothing else. It exits with 1 where a kill did not
converge.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import judging
from tests.chaos.killing import VICTIMS, Kill, killed
from tests.support.clone import bare_environment, clean_copy, run, sandbox_environment

# Lines about resources in each phase, at least: a kill comes before the last of them.
LINES = {"up": 200, "change": 6, "destroy": 180}
DESTROY = ["sandbox", "run", "--", "pulumi", "destroy", "--yes", "--stack", "sandbox"]  # starts a killed sandbox
COMMANDS = {"up": ["make", "up"], "change": ["make", "up"], "destroy": [".venv/bin/slipway", *DESTROY]}
REPEATS = 2


@dataclass(frozen=True)
class Outcome:
    """What came of one kill."""

    phase: str
    kill: Kill
    repeats: int
    """How often the command was run again."""
    complaints: list[str]

    def row(self) -> str:
        """A line of the table."""
        verdict = "; ".join(self.complaints) or "converged"
        return f"{self.phase:<8} {self.kill.victim:<8} {self.kill.step:>4} {self.repeats:>7}  {verdict}"


class Round:
    """One life of the platform, with a sandbox of its own."""

    def __init__(self, root: Path, sandbox: Path, log: Path) -> None:
        self.root, self.sandbox, self.log = root, sandbox, log
        self.env = {**bare_environment(), "SLIPWAY_SANDBOX_DIR": str(sandbox)}

    def suffer(self, phase: str, kill: Kill) -> Outcome:
        """Runs one phase with a kill in it, and again until it succeeds."""
        if phase == "change":
            self.change()
        began = time.monotonic()
        self.note(f"=== {phase}: kill {kill}")
        said, was_killed = killed(COMMANDS[phase], self.root, self.env, self.sandbox / "sandbox.lock", kill)
        self.note(said)
        repeats, code = 0, -1
        while code and repeats < REPEATS:
            repeats += 1
            ended = run(self.root, self.env, *COMMANDS[phase])
            code = ended.returncode
            self.note(f"--- again, exit code {code}\n{ended.stdout}")
        if not was_killed:
            return Outcome(phase, kill, repeats, ["nobody was killed: it ended before"])
        complaints = self.complaints(phase) if code == 0 else [f"never: {ended.stdout[-300:]!r}"]
        self.note(f"=== {time.monotonic() - began:.0f} s: {complaints}")
        return Outcome(phase, kill, repeats, complaints)

    def complaints(self, phase: str) -> list[str]:
        """Everything in which state, cloud and program differ."""
        env = sandbox_environment(self.root, self.env)
        found = [f"orphan {each}" for each in judging.orphans(self.root, env)]
        if phase != "destroy":
            found += [f"ghost {each}" for each in judging.ghosts(self.root, env)]
            if preview := judging.second_preview(self.root, env):
                self.note(preview)
                found.append("the second preview is not empty")
        return found

    def change(self) -> None:
        """Other values in the stack's file: services, a target group's users and log groups change."""
        file = self.root / "Pulumi.sandbox.yaml"
        values = re.sub(r"  slipway:(apiMemoryMib|logRetentionDays|zoneCount):.*\n", "", file.read_text())
        file.write_text(
            values + "  slipway:apiMemoryMib: 1024\n  slipway:logRetentionDays: 14\n  slipway:zoneCount: 3\n"
        )

    def end(self) -> None:
        """Leaves nothing behind."""
        run(self.root, self.env, "make", "down")
        run(self.root, self.env, "git", "checkout", "-q", "Pulumi.sandbox.yaml")

    def note(self, text: str) -> None:
        with self.log.open("a") as file:
            file.write(f"{text}\n")


def main() -> int:
    """Runs as many rounds as the kills need and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, help="directory of an earlier run, whose Python environment is used")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    directory = options.directory or Path(tempfile.mkdtemp(prefix="slipway-chaos-"))
    root = clean_copy(directory / "clone")
    run(root, bare_environment(), "git", "init", "-q")
    run(root, bare_environment(), "git", "add", "-A")
    print(f"seed {options.seed}, log {directory / 'log'}\nphase    victim   step repeats  outcome", flush=True)
    outcomes: list[Outcome] = []
    while len(outcomes) < options.kills:
        life = Round(root, Path(tempfile.mkdtemp(prefix="sandbox-", dir=directory)), directory / "log")
        try:
            for phase in list(COMMANDS)[: options.kills - len(outcomes)]:
                victims = VICTIMS if phase != "destroy" else ("cli", "sandbox")  # a destroy runs no program
                kill = Kill(chance.choice(victims), chance.randint(1, LINES[phase]))
                outcomes.append(life.suffer(phase, kill))
                print(outcomes[-1].row(), flush=True)
        finally:
            life.end()
    bad = sum(bool(outcome.complaints) for outcome in outcomes)
    print(f"{len(outcomes)} kills: {len(outcomes) - bad} converged, {bad} did not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

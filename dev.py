#!/usr/bin/env python3
"""Sets everything up and runs it: ``python3 dev.py demo``, ``test``, ``lint``, ``terraform``, ...

Standard library only, because it runs before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
#: What stands in config/teams-app/manifest.json for the registration's client id.
NO_CLIENT = "00000000-0000-0000-0000-000000000000"
#: One more than there are processors, because some tests wait most of their time.
WORKERS = min(len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else 2, 8)
#: What the tests write is a tenth of this.
MEMORY = 2 * 1024**3
TYPED = [
    *("bot.py", "aws", "commands", "compliance", "config", "ledger", "notifiers", "playground"),
    *("terraform/check.py", "terraform/generate_features.py"),
]


def main(arguments):
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if sys.version_info < OLDEST:
        stop(
            f"This needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}."
        )
    if command not in COMMANDS:
        print(__doc__, "\nCommands:", ", ".join(COMMANDS))
        return 0 if command == "help" else 2
    os.chdir(ROOT)
    return COMMANDS[command](rest)


def demo(rest):
    install("demo", packages=["python3-venv"])
    os.execv(PYTHON, [str(PYTHON), "bot.py", "demo", *rest])


def test(rest):
    # libatomic1: the browser driver's Node needs it and a bare Debian lacks it.
    install("test", packages=["python3-venv", "chromium", "libatomic1", "git", "openssh-client"])
    os.environ["REQUIRE_BROWSER"] = "1"
    # Side by side, as tests/workers.py says. What is typed behind "test" overrules it: -n 0.
    workers = ["-n", str(WORKERS), "--no-loadscope-reorder"]
    with in_memory() as folder:
        os.environ.setdefault("TMPDIR", folder)
        return subprocess.call([PYTHON, "-m", "pytest", *workers, *rest])


@contextmanager
def in_memory():
    """Yield a folder for what tests write: in memory, where there is room, it costs no waiting."""
    memory, usual = Path("/dev/shm"), tempfile.gettempdir()  # noqa: S108 - a folder in it is made
    if not os.access(memory, os.W_OK | os.X_OK) or shutil.disk_usage(memory).free < MEMORY:
        yield usual
        return
    # Some tests run a program that they wrote.
    if os.statvfs(memory).f_flag & os.ST_NOEXEC:
        yield usual
        return
    with tempfile.TemporaryDirectory(prefix="tests-", dir=memory) as folder:
        yield folder


def lint(_rest):
    install("test", packages=["python3-venv"])
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy", *(path for path in TYPED if Path(path).exists())],
        ["lint-imports"],
    ]
    return max(subprocess.call([VENV / "bin" / name, *options]) for name, *options in checks)


def format_(_rest):
    install("test", packages=["python3-venv"])
    subprocess.check_call([VENV / "bin" / "ruff", "check", "--fix", "."])
    return subprocess.call([VENV / "bin" / "ruff", "format", "."])


def bench(rest):
    install("test", packages=["python3-venv"])
    return subprocess.call([PYTHON, "-m", "benchmarks", *rest])


def terraform(rest):
    """Check the Terraform modules; says what is missing where they cannot be checked."""
    system(["python3-venv"])
    return subprocess.call([sys.executable, "terraform/check.py", *rest])


def lock(_rest):
    """Write the hashed lists again; an index's host must never get into them."""
    install("test", packages=["python3-venv"])
    subprocess.check_call([PYTHON, "-m", "pip", "install", "--quiet", "uv==0.13.9"])
    compile_ = "uv pip compile -q --universal --generate-hashes --no-header --no-annotate"
    compile_ += " --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml"
    for name, group in (("app", "teams"), ("demo", "demo"), ("test", "test")):
        target = ["--group", group, "-o", f"requirements/{name}.txt", "--upgrade"]
        subprocess.check_call([VENV / "bin" / "uv", *compile_.split()[1:], *target])
    return 0


def teams_app(rest):
    """Write teams-app.zip, which Teams takes: ``dev.py teams-app CLIENT_ID [FILE]``."""
    if not rest or not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", rest[0]):
        stop(
            "Expected the client id of the app's registration in Entra: dev.py teams-app CLIENT_ID"
        )
    folder, target = ROOT / "config" / "teams-app", Path(rest[1] if rest[1:] else "teams-app.zip")
    manifest = (folder / "manifest.json").read_text().replace(NO_CLIENT, rest[0].lower())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest)
        for name in ("color.png", "outline.png"):
            archive.write(folder / name, name)
    say(f"Wrote {target}: upload it in Teams, Apps, Manage your apps.")
    return 0


def install(name, packages):
    """Make the virtual environment as requirements/NAME.txt wants it; at once where it is so."""
    system(packages)
    wanted = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f"installed-{name}"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not (VENV / "complete").exists():
        say("Making a virtual environment in .venv")
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", VENV])
        (VENV / "complete").touch()
    say(f"Installing {wanted.relative_to(ROOT)}")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.check_call([*pip, "--require-hashes", "--no-deps", "-r", wanted])
    # Another list may have brought other versions: whatever was installed before counts no more.
    for other in VENV.glob("installed-*"):
        other.unlink()
    stamp.write_text(digest)


def system(packages):
    """Install the Debian packages that are missing, or say which."""
    missing = [package for package in packages if not PRESENT[package]()]
    if not missing:
        return
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    allowed = not sudo or (shutil.which("sudo") and not subprocess.call([*sudo, "true"]))
    if not shutil.which("apt-get") or not allowed:
        stop(f"Missing: {', '.join(missing)}. On Debian: sudo {' '.join(line)}")
    say(f"Installing with apt: {', '.join(missing)}")
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.check_call([*sudo, "apt-get", "update", "-qq"], **quiet)
    subprocess.check_call([*sudo, *line], **quiet)


def has_venv():
    return not subprocess.call(
        [sys.executable, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL
    )


def has_browser():
    return bool(shutil.which("chromium") or shutil.which("google-chrome"))


def has_libatomic():
    return any(Path("/usr/lib").glob("*/libatomic.so.1")) or not shutil.which("apt-get")


def say(text):
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def stop(text):
    say(text)
    sys.exit(2)


PRESENT = {
    "python3-venv": has_venv,
    "chromium": has_browser,
    "libatomic1": has_libatomic,
    # The allowlist in Git, and the key that signs its commits.
    "git": lambda: shutil.which("git"),
    "openssh-client": lambda: shutil.which("ssh-keygen"),
}
COMMANDS = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "format": format_,
    "lock": lock,
    "bench": bench,
    "terraform": terraform,
    "teams-app": teams_app,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Checks everything in terraform/: ``python3 terraform/check.py``, with names to check only those.

Each module and example is found by its folder. A folder's variables, where it needs any, are in
its ``tests/*.tfvars``; each such file is a plan of its own. Standard library only: the tools are
installed in terraform/.venv, once.

Terraform runs by tfcheck where that is found (TFCHECK, or beside the checkout), which plans
without an account; else with the real provider where its registry is in reach, which only
validates. With neither, those checks are left out and said so, or fail with TFCHECK_REQUIRED.
"""
# ruff: noqa: S603, T201 - it talks to a terminal, and runs the tools it names.

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
#: tfcheck copies the repository before every run, and leaves folders of this name out.
VENVS = FOLDER / ".venv"
REGISTRY = ("registry.terraform.io", 443)

POLICY = ["terraform-compliance==1.16.0", "cfn-lint==1.58.0", "PyYAML==6.0.4"]
CHECKOV = ["checkov==3.3.30"]

POLICIES = FOLDER / "policy"
#: Breaks every scenario of them on purpose.
BAD = POLICIES / "bad"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command said, and whether it was content; *skipped* says why it did not run."""

    name: str
    passed: bool
    said: str = ""
    skipped: str = ""


def main(names: Sequence[str]) -> int:
    tfcheck = find_tfcheck()
    with tempfile.TemporaryDirectory(prefix="terraform-check-") as place:
        jobs = list(_jobs(tfcheck, Path(place), names))
        failed = _run(jobs)
    if failed:
        print(f"check.py: {len(failed)} failed: {', '.join(failed)}")
    return int(bool(failed))


Job = Callable[[], Iterable[Outcome]]


def _jobs(tfcheck: Path | None, place: Path, names: Sequence[str]) -> Iterator[Job]:
    wanted = [folder for folder in folders() if not names or folder.name in names]
    if not names:
        checkov = python("checkov", CHECKOV).parent / "checkov"
        yield lambda: [_checkov(checkov)]
    policy = python("policy", POLICY)
    yield lambda: [command("features", policy, FOLDER / "generate_features.py", "--check")]
    if tfcheck:
        tools = Tools(tfcheck, tfcheck_python(tfcheck), policy.parent, place)
        yield lambda: [_docs(tools, wanted)]
        for folder in sorted(wanted, key=_longest_first):
            yield lambda folder=folder: check(tools, folder)  # type: ignore[misc]
    else:
        yield lambda: _without_tfcheck(wanted)


def _run(jobs: Sequence[Job]) -> list[str]:
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for future in [pool.submit(lambda job=job: list(job())) for job in jobs]:  # type: ignore[misc]
            for outcome in future.result():
                word = "skip" if outcome.skipped else "ok  " if outcome.passed else "FAIL"
                print(f"{word} {outcome.name}", outcome.skipped, flush=True)
                if not outcome.passed:
                    print(outcome.said)
                    failed.append(outcome.name)
    return failed


# --- what there is to check


def folders() -> list[Path]:
    """Return every folder with a Terraform configuration in it."""
    found = {
        path.parent
        for top in ("modules", "examples", "policy")
        for path in (FOLDER / top).rglob("*.tf")
        if ".terraform" not in path.parts
    }
    return sorted(found)


def _longest_first(folder: Path) -> tuple[int, Path]:
    return (-sum(path.stat().st_size for path in folder.rglob("*.tftest.hcl")), folder)


def needs_variables(folder: Path) -> bool:
    """Say whether a variable has no default."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    blocks = re.findall(r'^variable "\w+" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL)
    return any(not re.search(r"^  default\s+=", block, re.MULTILINE) for block in blocks)


# --- the tools


@dataclass(frozen=True, slots=True)
class Tools:
    tfcheck: Path
    python: Path
    policy: Path
    place: Path


def find_tfcheck() -> Path | None:
    """Return tfcheck's folder, or None; stop where it is required and missing."""
    places = [os.environ.get("TFCHECK"), ROOT.parent / "shared" / "tools" / "tfcheck"]
    for place in places:
        if place and (Path(place) / "tfcheck.py").is_file() and shutil.which("terraform"):
            return Path(place).resolve()
    if os.environ.get("TFCHECK_REQUIRED"):
        sys.exit(
            "check.py: TFCHECK_REQUIRED is set, but there is no tfcheck (set TFCHECK to its folder)"
            " or no terraform on PATH."
        )
    return None


def tfcheck_python(tfcheck: Path) -> Path:
    wanted = (tfcheck / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = [line.split("#")[0].strip() for line in wanted]
    return python("tfcheck", [package for package in packages if package])


def python(name: str, packages: Sequence[str]) -> Path:
    """Return the Python of a virtual environment that has *packages*; made where it does not."""
    venv = VENVS / name
    stamp = venv / "installed"
    digest = hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"check.py: installing {', '.join(packages)}", flush=True)
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", venv])
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.check_call([*pip, "--disable-pip-version-check", *packages])
        stamp.write_text(digest)
    return venv / "bin" / "python"


def command(name: str, *line: str | Path) -> Outcome:
    """Run a command, with whatever stands beside its program on the path."""
    path = f"{Path(line[0]).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    ran = subprocess.run(
        line, capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    return Outcome(name, ran.returncode == 0, ran.stdout + ran.stderr)


# --- the checks


def check(tools: Tools, folder: Path) -> Iterator[Outcome]:
    """Run Terraform on *folder*, and on each of its plans the policy and what else reads plans.

    The tests set variables of their own, so they run without the files.
    """
    name = str(folder.relative_to(FOLDER))
    tfcheck: list[str | Path] = [tools.python, tools.tfcheck / "tfcheck.py"]
    yield command(name, *tfcheck, "check", folder, "--strict", "--no-plan")
    files: list[Path | None] = [*sorted((folder / "tests").glob("*.tfvars"))]
    if not files and not needs_variables(folder):
        files = [None]
    for file in files:
        label = f"{name} ({file.stem})" if file else f"{name} (defaults)"
        plan = tools.place / f"{label.replace('/', '-')}.json"
        variables: list[str | Path] = ["--var-file", file] if file else []
        state = plan.with_suffix(".state.json")
        outputs: list[str | Path] = ["--plan-json", plan, "--state-json", state]
        yield command(label, *tfcheck, "apply", folder, "--strict", *variables, *outputs)
        if plan.exists():
            yield from _read_plan(tools, folder, label, plan)
        if state.exists() and folder.parent.name == "examples":
            yield _permissions(tools, label, state)


def _read_plan(tools: Tools, folder: Path, label: str, plan: Path) -> Iterator[Outcome]:
    compliance = tools.policy / "terraform-compliance"
    if folder == BAD:
        yield _breaks_every_policy(compliance, plan)
    elif folder.parent.name == "examples":
        for features in ("policy", "features"):
            yield command(f"{label}: {features}", compliance, "-p", plan, "-f", FOLDER / features)
    templates = _templates(plan)
    for name, text in templates.items():
        template = plan.with_suffix(f".{name}.template.json")
        template.write_text(text, encoding="utf-8")
        lint = tools.policy / "cfn-lint"
        yield command(f"{label}: template {name}", lint, "-r", "eu-west-2", "-t", template)


def _permissions(tools: Tools, label: str, state: Path) -> Outcome:
    """Look at permissions once more, now that the policies' ARNs are known."""
    alone = state.with_suffix(".features")
    alone.mkdir()
    shutil.copy(POLICIES / "permissions.feature", alone)
    compliance = tools.policy / "terraform-compliance"
    return command(f"{label}: permissions", compliance, "-p", state, "-f", alone)


def _breaks_every_policy(compliance: Path, plan: Path) -> Outcome:
    """Check *plan* against the policy: a scenario that passes on it says nothing of a good one."""
    broken = command("each scenario of the policy can fail", compliance, "-p", plan, "-f", POLICIES)
    counted = re.search(
        r"(\d+) scenarios \(.*?(\d+) failed", re.sub(r"\x1b\[\d+m", "", broken.said)
    )
    return replace(broken, passed=bool(counted and counted[1] == counted[2]))


def _templates(plan: Path) -> dict[str, str]:
    outputs = json.loads(plan.read_text(encoding="utf-8"))["planned_values"].get("outputs", {})
    templates: dict[str, str] = outputs.get("templates", {}).get("value") or {}
    return templates


def _docs(tools: Tools, wanted: Sequence[Path]) -> Outcome:
    """Compare the READMEs' tables; comments in a locals block are no locals, as tfdocs believes."""
    modules = [folder for folder in wanted if FOLDER / "modules" in folder.parents]
    docs = command("READMEs", tools.python, tools.tfcheck / "tfdocs.py", "--check", *modules)
    faults = [line for line in docs.said.splitlines() if "local.__" not in line]
    return docs if docs.passed or faults else Outcome(docs.name, passed=True)


def _checkov(checkov: Path) -> Outcome:
    paths = [f"--skip-path={path}" for path in ("policy/bad", ".venv")]
    quiet = ["--framework", "terraform", "--skip-download", "--compact", "--quiet"]
    return command("checkov", checkov, "--directory", FOLDER, *quiet, *paths)


def _without_tfcheck(wanted: Sequence[Path]) -> Iterator[Outcome]:
    if not shutil.which("terraform"):
        yield Outcome("terraform", passed=True, skipped="no terraform on PATH")
    elif not _in_reach(REGISTRY):
        reason = "no tfcheck (set TFCHECK to its folder), and the provider's registry out of reach"
        yield Outcome("terraform", passed=True, skipped=reason)
    else:
        yield command("terraform fmt", "terraform", "fmt", "-check", "-recursive", FOLDER)
        for folder in wanted:
            yield _validate(folder)


def _in_reach(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=3):
            return True
    except OSError:
        return False


def _validate(folder: Path) -> Outcome:
    """Validate with the real provider, in a copy: init leaves files behind."""
    name = str(folder.relative_to(FOLDER))
    with tempfile.TemporaryDirectory(prefix="terraform-check-") as place:
        copy = Path(place) / "terraform"
        shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns(".venv", ".terraform"))
        shutil.copytree(ROOT / "config", Path(place) / "config")
        at = f"-chdir={copy / name}"
        ready = command(name, "terraform", at, "init", "-backend=false", "-input=false")
        return ready if not ready.passed else command(name, "terraform", at, "validate")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Terraform for tests: by the same tools as terraform/check.py, or not at all, with the reason."""

import json
import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from terraform import check

ACCOUNT = "123456789012"
REGION = "eu-west-2"

Terraform = Callable[..., Any]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Apply a folder, without an account; returns its state's ``values``, made once."""
    tfcheck = check.find_tfcheck()
    if tfcheck is None:
        pytest.skip(
            "no tfcheck (set TFCHECK to its folder) or no terraform on PATH; with the real provider"
            " these need an account"
        )
    python = _installed(lambda: check.tfcheck_python(tfcheck))

    @cache
    def _apply(folder: Path, *arguments: str | Path) -> Any:
        state = tmp_path_factory.mktemp("terraform") / "state.json"
        line = [python, tfcheck / "tfcheck.py", "apply", folder, "--state-json", state]
        line += ["--account", ACCOUNT, "--region", REGION, *arguments]
        ran = subprocess.run(line, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return json.loads(state.read_text())["values"]

    return _apply


@pytest.fixture(scope="session")
def terraform_compliance() -> Path:
    if not (check.VENVS / "policy" / "installed").exists() and not os.environ.get(
        "TFCHECK_REQUIRED"
    ):
        pytest.skip("terraform-compliance is not installed: python3 terraform/check.py does it")
    python = _installed(lambda: check.python("policy", check.POLICY))
    return python.parent / "terraform-compliance"


def _installed(install: Callable[[], Path]) -> Path:
    try:
        return install()
    except subprocess.CalledProcessError as error:
        if os.environ.get("TFCHECK_REQUIRED"):
            raise
        pytest.skip(f"its packages cannot be installed: {error}")

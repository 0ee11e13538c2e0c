"""Reads what a local product begins with: people, channels, and what is in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")


class SeedError(Exception):
    """The file does not say what a product begins with; the message says what was expected."""


def read(path: Path, example: Path, build: Callable[[Any], T]) -> T:
    """Return what *build* makes of the YAML in *path*, which has the form of *example*.

    Raises SeedError.
    """
    try:
        return build(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SeedError(f"{path}: expected the form of {example}: {error}") from error

"""A real ledger in a file."""

import pytest

from ledger.database import connect
from ledger.store import Ledger
from tests.builders import at


@pytest.fixture
def engine(tmp_path):
    engine = connect(f"sqlite:///{tmp_path}/ledger.db")
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine):
    return Ledger(engine, lambda: at(0), lambda key, tags: tags.get("Team", "housing"))

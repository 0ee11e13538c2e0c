"""Every test of the store runs on both databases."""

import pytest


@pytest.fixture
def engine(each_engine):
    return each_engine

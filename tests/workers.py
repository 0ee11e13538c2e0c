"""What stays with one worker when tests run side by side, for pytest-xdist.

Nothing is shared between workers: ports are any that are free, files are in temporary folders, and
servers, the browser and PostgreSQL are a worker's own, started once.
"""

import re

from xdist.scheduler import LoadScopeScheduling


class GroupScheduling(LoadScopeScheduling):
    """Hands out whole files, because their tests share what is made once a module.

    The story's tests are two groups, a demo each; all of Terraform's are one, for they share plans.
    """

    def _split_scope(self, nodeid):
        file = nodeid.split("::")[0]
        if file.startswith("tests/terraform/"):
            return "tests/terraform"
        demo = re.search(r"\[(socket|http)\b", nodeid) if file.startswith("tests/story/") else None
        return f"tests/story {demo[1]}" if demo else file

"""Runs git in a bare repository that is this process's own, and says in words why it failed.

git itself does the work: it knows every protocol, proxy, certificate and key that people use.
"""

import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

#: A call over the network that takes longer than this will not come back.
_SECONDS = 20.0
#: What the environment in which the bot was started must not say about our repository.
_NOT_OURS = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"}
#: Nobody is there to answer a question. The words are read below, so they are git's English.
_ALONE = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=10",
    "GIT_COMMITTER_NAME": "compliance bot",
    "GIT_COMMITTER_EMAIL": "compliance-bot@localhost",
}
#: git asks a helper for what it logs in with. This one hands on a variable that git alone can read.
_HELPER = (
    '!f() {{ test "$1" = get || exit 0; {user} '
    'printf "password=%s\\n" "$ALLOWLIST_GIT_TOKEN"; }}; f'
)
#: GitHub's name for a user with a token alone; GitLab and Gitea take any.
_USER = "echo username=x-access-token;"
_CREDENTIALS_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")


class GitError(Exception):
    """git ended with an error; *words* is what it wrote."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


class GitTimeoutError(GitError):
    """git did not come back."""


class Git:
    """One bare repository in a temporary folder, and *url* as its only remote, ``origin``.

    *token* is asked before every call, because tokens are replaced while the bot runs.
    """

    def __init__(self, url: str, token: Callable[[], str], *, named: bool = False) -> None:
        self._url = url
        self._token = token
        self._helper = _HELPER.format(user="" if named else _USER)
        self._folder: Path | None = None

    def __call__(
        self,
        command: str,
        *arguments: str,
        given: bytes = b"",
        variables: Mapping[str, str] | None = None,
        settings: Sequence[str] = (),
    ) -> bytes:
        """Return what git answers; raises GitError."""
        # Whatever a call that was ended left locked goes with the folder.
        folder = self._folder or self._begin()
        options = [part for setting in settings for part in ("-c", setting)]
        call = ["git", f"--git-dir={folder}", *options, *self._login(), command, *arguments]
        try:
            return _run(call, given, self._environment(variables or {}))
        except GitTimeoutError:
            self.forget()
            raise

    @property
    def folder(self) -> Path:
        return self._folder or self._begin()

    def forget(self) -> None:
        """Throw the repository away; the next call begins with an empty one."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _begin(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="allowlist-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        environment = self._environment({})
        _run(["git", "init", "--quiet", "--bare", str(folder)], b"", environment)
        url = ["remote", "add", "origin", self._url]
        _run(["git", f"--git-dir={folder}", *url], b"", environment)
        self._folder = folder
        return folder

    def _login(self) -> list[str]:
        if not self._token():
            return []
        return ["-c", "credential.helper=", "-c", f"credential.helper={self._helper}"]

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        token = {"ALLOWLIST_GIT_TOKEN": self._token()}
        return {**_ALONE, **kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **token, **variables}


def _run(call: Sequence[str], given: bytes, environment: Mapping[str, str]) -> bytes:
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and no argument begins like an option
            call,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            # ssh and the helpers of git are its children, and hold the pipes open.
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed where the bot runs") from error
    with process:
        try:
            answer, words = process.communicate(given, timeout=_SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise GitTimeoutError(f"git did not answer within {_SECONDS:.0f} s") from error
    if process.returncode:
        # A refused push says on the one which branch, on the other why.
        both = b"\n".join(filter(None, (words, answer)))
        raise GitError(_plain(both), process.returncode)
    return answer


def _plain(words: bytes) -> str:
    return _CREDENTIALS_IN_URL.sub("", words.decode("utf-8", "replace")).strip()

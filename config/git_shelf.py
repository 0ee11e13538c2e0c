"""The allowlist in a Git repository: each change is a commit by the person who decided it.

The clone has no files of its own to be in the way: texts are read from commits and written as
commits. A push only ever adds to the branch; where somebody was faster, the change is made anew on
what they wrote.
"""

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from compliance.shelf import (
    Draft,
    Lineage,
    ShelfBusyError,
    ShelfConflictError,
    ShelfError,
    ShelfReviewError,
    ShelfUnreadableError,
    ShelfUnwritableError,
    Text,
)
from config.encoding import MOST_BYTES, decoded, encoded, too_large
from config.git import Git, GitError, GitTimeoutError
from config.git_message import author_of, message_of
from config.locations import GitLocation

#: How often the repository is asked whether there is anything new.
_ASK_SECONDS = 20.0
#: How often a change is made anew because others pushed other files meanwhile.
_TRIES = 5
_FILE_MODES = {"100644", "100755"}
#: ``git ls-remote --exit-code`` where there is no such branch.
_NO_BRANCH = 2
_REVIEW = "compliance-bot/{id}"
WAITS = "It waits for review in the branch {branch} of {repository} and is in force once merged"

#: What git writes, what kind of error that is, and what somebody can do about it; the first that
#: fits counts. A refusal by the other side stands after "[remote rejected]", in brackets.
_CAUSES: tuple[tuple[str, type[ShelfError], str], ...] = (
    (
        r"\[rejected\]|cannot lock ref .* but expected|stale info|incorrect old value",
        ShelfConflictError,
        "was changed by somebody else just now",
    ),
    (
        r"\.lock': File exists|failed to update ref|cannot lock ref",
        ShelfBusyError,
        "has a lock of another process; if it died, remove its .lock file there",
    ),
    (
        r"protected branch|GH006|GH013|not allowed to push|TF402455",
        ShelfUnwritableError,
        "takes no push to this branch; let the bot push to it, or set mode=branch in ALLOWLIST_URL",
    ),
    (
        r"\[remote rejected\]|hook declined|pre-receive",
        ShelfUnwritableError,
        "refuses the push; its own rules say why",
    ),
    (
        r"dubious ownership",
        ShelfUnreadableError,
        "belongs to another user; name it in safe.directory of the bot's Git configuration",
    ),
    (
        r"Authentication failed|could not read (Username|Password)|Permission denied"
        r"|returned error: 40[13]|access denied|unpacker error|insufficient permission"
        r"|Host key verification failed",
        ShelfUnwritableError,
        "does not let the bot in; check ALLOWLIST_GIT_TOKEN, the deploy key and known_hosts",
    ),
    (
        r"Could not resolve|unable to access|Connection (refused|reset|timed out|closed)"
        r"|Operation timed out|early EOF|hung up|returned error: (429|50[0-4])",
        ShelfBusyError,
        "does not answer; this is tried again",
    ),
    (
        r"not found|does not exist|does not appear to be a git repository|no such",
        ShelfUnreadableError,
        "is not there, or not for the bot to see; correct ALLOWLIST_URL or give the bot access",
    ),
    (r"No space left|disk quota", ShelfUnwritableError, "cannot be written: the disk is full"),
    (r"not installed", ShelfUnreadableError, "needs git; install it where the bot runs"),
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A commit of the branch, what the file was then, and how the file is kept."""

    commit: str
    text: Text
    data: bytes
    mode: str


class GitShelf:
    """One file on one branch of a repository.

    *token* is what an HTTPS server wants for a password, empty where something else lets the bot
    in. *signing_key* is the path of an SSH key that signs the commits, empty for none.
    """

    def __init__(
        self,
        location: GitLocation,
        token: Callable[[], str] = str,
        signing_key: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._location = location
        self._signing_key = signing_key
        self._clock = clock
        self._git = Git(location.url, token, named=location.has_user)
        self._asked_at: float | None = None
        self._seen: _Seen | None = None
        self._failure: Exception | None = None
        #: Branches that were pushed for review, so that nobody has to be asked about them again.
        self._proposed: set[str] = set()

    @property
    def name(self) -> str:
        return str(self._location)

    @property
    def reviewed(self) -> bool:
        return self._location.review

    def read(self) -> Text:
        try:
            return self._newest(recent=_ASK_SECONDS).text
        except GitError as error:
            kind, words = self._cause(error)
            raise (kind if kind is ShelfBusyError else ShelfUnreadableError)(words) from error

    def write(self, drafts: Sequence[Draft], revision: str) -> Text:
        try:
            if self.reviewed:
                self._propose(drafts[0], revision)
            return self._push(drafts, revision)
        except GitError as error:
            kind, words = self._cause(error)
            raise (ShelfUnwritableError if kind is ShelfUnreadableError else kind)(words) from error

    def unwritable(self) -> str:
        """Ask the repository whether it lets the bot push; its hooks are not asked."""
        try:
            seen = self._newest(recent=_ASK_SECONDS)
            # What is there already changes nothing; a new branch would for a moment.
            self._git("push", "--dry-run", "origin", f"{seen.commit}:{self._ref}")
        except GitError as error:
            return self._cause(error)[1]
        except ShelfError as error:
            return str(error)
        return ""

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self._branch}"

    @property
    def _branch(self) -> str:
        if not self._location.branch:
            self._location = replace(self._location, branch=self._default_branch())
        return self._location.branch

    def _default_branch(self) -> str:
        answer = self._git("ls-remote", "--symref", "origin", "HEAD").decode()
        if head := re.match(r"ref: refs/heads/(\S+)\tHEAD", answer):
            return head[1]
        raise ShelfUnreadableError(
            f"{self.name} does not have a branch yet; push one with {self._location.path}"
        )

    def _newest(self, recent: float = 0.0) -> _Seen:
        """Return the branch as it is, or as it was when it was last asked, *recent* seconds ago."""
        now = self._clock()
        if self._asked_at is not None and now - self._asked_at < recent:
            if self._failure:
                raise self._failure.with_traceback(None)
            if self._seen:
                return self._seen
        self._asked_at = now
        try:
            self._seen = self._asked()
        except (GitError, ShelfError) as error:
            # What is away or unfit is not asked for more often than what is well.
            self._failure = error
            raise
        self._failure = None
        return self._seen

    def _asked(self) -> _Seen:
        commit = self._tip(self._ref)
        if not commit:
            raise ShelfUnreadableError(
                f"{self.name}: there is no branch {self._branch}; push it, or correct ALLOWLIST_URL"
            )
        return self._seen if self._seen and commit == self._seen.commit else self._fetched()

    def _tip(self, ref: str) -> str:
        """Return the commit that *ref* of the repository is, empty where there is none."""
        try:
            answer = self._git("ls-remote", "--exit-code", "origin", ref)
        except GitError as error:
            if error.status == _NO_BRANCH and not error.words:
                return ""
            raise
        return answer.split(maxsplit=1)[0].decode()

    def _fetched(self) -> _Seen:
        ours = f"refs/remotes/origin/{self._branch}"
        # The first time without the history; then with what has come since.
        depth = [] if self._knows(self._seen) else ["--depth=1"]
        self._git("fetch", "--quiet", "--no-tags", *depth, "origin", f"+{self._ref}:{ours}")
        commit = self._git("rev-parse", ours).decode().strip()
        mode, blob = self._file_in(commit)
        if self._seen and blob == self._seen.text.revision:
            return replace(self._seen, commit=commit)
        data = self._git("cat-file", "blob", blob)
        lineage = self._lineage(commit) if self._seen else Lineage.MEANT
        return _Seen(commit, Text(decoded(data, self.name), blob, lineage), data, mode)

    def _knows(self, seen: _Seen | None) -> bool:
        """Whether the clone still has that commit; one that was begun anew has nothing."""
        try:
            return bool(seen and self._git("cat-file", "-t", seen.commit))
        except GitTimeoutError:
            raise
        except GitError:
            return False

    def _lineage(self, commit: str) -> Lineage:
        """Say whether *commit* goes on from the last one: only the history knows."""
        if not self._knows(self._seen) or self._seen is None:
            return Lineage.UNKNOWN
        try:
            self._git("merge-base", "--is-ancestor", self._seen.commit, commit)
        except GitError as error:
            if error.status == 1:
                return Lineage.REWRITTEN
            raise
        return Lineage.MEANT

    def _file_in(self, commit: str) -> tuple[str, str]:
        """Return the mode and the blob of the allowlist in *commit*."""
        path = self._location.path
        listed = self._git("ls-tree", "--long", "-z", commit, "--", path).decode("utf-8", "replace")
        if not listed:
            raise ShelfUnreadableError(
                f"{self.name}: {path} is not on branch {self._branch}; commit it there with the "
                "line 'exceptions: []'"
            )
        mode, _, blob, size = listed.partition("\t")[0].split()
        if mode not in _FILE_MODES:
            raise ShelfUnreadableError(
                f"{self.name}: {path} is no plain file; let ALLOWLIST_URL name the file itself"
            )
        if int(size) > MOST_BYTES:
            raise ShelfUnreadableError(too_large(self.name, int(size)))
        return mode, blob

    def _push(self, drafts: Sequence[Draft], revision: str) -> Text:
        for _ in range(_TRIES):
            seen = self._current(revision)
            commit, data = self._committed(drafts, seen)
            try:
                self._git("push", "--porcelain", "origin", f"{commit}:{self._ref}")
            except GitError as error:
                # A push whose answer was lost may have arrived all the same.
                self._asked_at = None
                if self._arrived(commit):
                    return self._pushed(commit, data, seen)
                if self._cause(error)[0] is not ShelfConflictError:
                    raise
                continue
            return self._pushed(commit, data, seen)
        raise ShelfBusyError(f"{self.name} was changed {_TRIES} times meanwhile; try again")

    def _current(self, revision: str) -> _Seen:
        """Return the branch as it is; raises ShelfConflictError where the file is another."""
        seen = self._newest(recent=_ASK_SECONDS)
        if seen.text.revision != revision:
            raise ShelfConflictError(f"{self.name} was changed by somebody else just now")
        return seen

    def _arrived(self, commit: str) -> bool:
        try:
            return self._tip(self._ref) == commit
        except GitError:
            return False

    def _pushed(self, commit: str, data: bytes, before: _Seen) -> Text:
        text = Text(decoded(data, self.name), _blob_id(data), Lineage.MEANT)
        self._seen = _Seen(commit, text, data, before.mode)
        self._asked_at = self._clock()
        return text

    def _committed(self, drafts: Sequence[Draft], before: _Seen) -> tuple[str, bytes]:
        """Write a commit for each of *drafts* on top of *before*; return the last, and its text."""
        commit, data = before.commit, before.data
        for draft in drafts:
            data = encoded(draft.text, before.data)
            blob = self._git("hash-object", "-w", "--stdin", given=data).decode().strip()
            tree = self._tree(commit, before.mode, blob)
            commit = self._commit(tree, commit, draft)
        return commit, data

    def _tree(self, commit: str, mode: str, blob: str) -> str:
        index = {"GIT_INDEX_FILE": str(self._git.folder / "allowlist.index")}
        entry = f"{mode},{blob},{self._location.path}"
        self._git("read-tree", commit, variables=index)
        self._git("update-index", "--add", "--cacheinfo", entry, variables=index)
        return self._git("write-tree", variables=index).decode().strip()

    def _commit(self, tree: str, parent: str, draft: Draft) -> str:
        name, email = author_of(draft)
        author = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email}
        signed = ["-S"] if self._signing_key else []
        key = ["gpg.format=ssh", f"user.signingkey={self._signing_key}"] if signed else []
        arguments = ("commit-tree", *signed, "-p", parent, "-F", "-", tree)
        message = message_of(draft).encode("utf-8")
        answer = self._git(*arguments, given=message, variables=author, settings=key)
        return answer.decode().strip()

    def _propose(self, draft: Draft, revision: str) -> None:
        """Push *draft* to a branch of its own, once; raises ShelfReviewError."""
        branch = _REVIEW.format(id=_id_of(draft))
        if branch not in self._proposed and not self._tip(f"refs/heads/{branch}"):
            commit, _ = self._committed([draft], self._current(revision))
            self._git("push", "--porcelain", "origin", f"{commit}:refs/heads/{branch}")
        self._proposed.add(branch)
        raise ShelfReviewError(WAITS.format(branch=branch, repository=self._location.repository))

    def _cause(self, error: GitError) -> tuple[type[ShelfError], str]:
        """Return the kind of *error*, and in words what it is and what to do."""
        if isinstance(error, GitTimeoutError):
            return ShelfBusyError, f"{self.name} does not answer; this is tried again"
        # What a repository is called says nothing of why it refused.
        said = error.words.replace(self._location.repository, "…")
        for pattern, kind, words in _CAUSES:
            if re.search(pattern, said, re.IGNORECASE):
                return kind, f"{self.name} {words} ({_line_of(said, pattern)})"
        return ShelfUnwritableError, f"{self.name}: git failed: {error.words[-200:]}"


def _line_of(words: str, pattern: str) -> str:
    """Return the line that told the cause, and what the other side had to say, as git wrote it."""
    lines = [" ".join(line.split()) for line in words.splitlines()]
    theirs = [each for each in lines if each.startswith("remote:")]
    cause = next((each for each in lines if re.search(pattern, each, re.IGNORECASE)), "")
    return "; ".join(dict.fromkeys([*theirs, cause]))[:300]


def _id_of(draft: Draft) -> str:
    """Return what names a proposal: the same decision has the same name on every try.

    A later one about the same exception has another, for its branch may still be there.
    """
    extended = (f"-extended-{each.renewals}" if each.renewals else "" for each in draft.entries)
    ids = [each.known_as + more for each, more in zip(draft.entries, extended, strict=True)]
    ids += [f"{each.known_as}-ended" for each in draft.removed]
    if len(ids) == 1:
        return ids[0]
    return hashlib.sha256("\n".join(sorted(ids)).encode("utf-8")).hexdigest()[:12]


def _blob_id(data: bytes) -> str:
    """Return the id that Git gives to a file of this content, in a repository of SHA-1."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

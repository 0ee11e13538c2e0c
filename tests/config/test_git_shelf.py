"""The allowlist in a Git repository: real git, bare repositories, people who push as well."""

import json
import os
import re
import stat
import subprocess
import threading
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from compliance.allowlist import UnreviewedAllowlistError, UnwritableAllowlistError
from compliance.shelf import (
    Draft,
    Lineage,
    ShelfBusyError,
    ShelfConflictError,
    ShelfUnreadableError,
)
from config.allowlist import parse_allowlist
from config.faults import ConfigError
from config.git_shelf import GitShelf
from config.keeper import Keeper
from config.locations import read_location
from tests.builders import RULE, entry, rule
from tests.config.git_server import serving

CATALOGUE = {RULE: rule()}
EMPTY = "# Reviewed every month.\nexceptions: []\n"
not_as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")


def git(folder, *arguments, **options):
    call = ["git", "-C", str(folder), *arguments]
    author = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Petra"), ("EMAIL", "petra@example.org"))
    }
    environment = {**os.environ, **author}
    done = subprocess.run(call, env=environment, capture_output=True, check=True, **options)
    return done.stdout.decode()


class Person:
    """Somebody with an editor and a clone."""

    def __init__(self, folder, remote):
        git(folder.parent, "clone", "--quiet", str(remote), str(folder))
        self.folder = folder

    def commit(self, text, path="allowlist.yaml", *, push=True):
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)
        git(self.folder, "add", path)
        git(self.folder, "commit", "--quiet", "-m", "By hand")
        if push:
            self.push()

    def adds(self, line):
        """Put *line* above what is there; False where somebody else was faster."""
        git(self.folder, "fetch", "-q", "origin", "main")
        git(self.folder, "reset", "-q", "--hard", "origin/main")
        self.commit(line + (self.folder / "allowlist.yaml").read_text(), push=False)
        try:
            self.push()
        except subprocess.CalledProcessError:
            return False
        return True

    def push(self, *options):
        git(self.folder, "push", "--quiet", *options, "origin", "HEAD:main")


@pytest.fixture
def remote(tmp_path):
    folder = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", str(folder))
    return folder


@pytest.fixture
def person(tmp_path, remote):
    person = Person(tmp_path / "person", remote)
    git(person.folder, "checkout", "-q", "-B", "main")
    person.commit(EMPTY)
    return person


def run_in(remote, name, script):
    hook = remote / "hooks" / name
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
    return hook


class Clock:
    """Every look at it is a minute later."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        self.seconds += 60
        return self.seconds


def shelf_of(remote, options="", **more):
    return GitShelf(read_location(f"git+file:{remote}{options}"), clock=Clock(), **more)


def keep(remote, options=""):
    return Keeper(shelf_of(remote, options), CATALOGUE)


def add(keeper, *entries):
    keeper.add(entries, entries[0].asked_by, entries[0].reason)


def insist(keeper, exception):
    """Add it as the bot's rounds do, which try again what others were faster than."""
    for _ in range(20):
        try:
            return add(keeper, exception)
        except UnwritableAllowlistError:
            continue
    return add(keeper, exception)


def there(remote, branch="main"):
    return git(remote, "show", f"{branch}:allowlist.yaml")


def history(remote, form, branch="main"):
    return git(remote, "log", f"--format={form}", branch).splitlines()


@pytest.mark.usefixtures("person")
def test_a_change_is_a_commit_by_the_person_and_comments_stay(remote):
    add(keep(remote), entry(reason="Nothing personal in it.", ticket="SEC-1"))

    assert there(remote).startswith("# Reviewed every month.\nexceptions:\n  - rule:")
    assert history(remote, "%an %ae|%cn")[0] == (
        "slack:U0HANNAH U0HANNAH@slack.invalid|compliance bot"
    )
    message = git(remote, "log", "-1", "--format=%B", "main")
    assert "Nothing personal in it." in message
    assert re.search(r"^Ticket: SEC-1$", message, re.MULTILINE)


@pytest.mark.usefixtures("person")
def test_the_author_is_called_by_name_where_it_is_known(remote):
    add(keep(remote), entry(asked_by="Hannah Hughes <slack:U0HANNAH>"))

    assert history(remote, "%an <%ae>")[0] == "Hannah Hughes <U0HANNAH@slack.invalid>"


@pytest.mark.usefixtures("person")
def test_what_several_people_decide_at_once_is_a_commit_each_in_one_push(remote, tmp_path):
    pushes = tmp_path / "pushes"
    run_in(remote, "post-receive", f"echo pushed >> {pushes}")
    asked = [entry(resource=f"bucket-{n}", asked_by=f"slack:U{n}") for n in range(3)]

    add(keep(remote), *asked)

    assert history(remote, "%an")[:3] == ["slack:U2", "slack:U1", "slack:U0"]
    assert pushes.read_text() == "pushed\n"
    kept = [git(remote, "show", f"main~{n}:allowlist.yaml") for n in range(4)]
    assert [text.count("resource: bucket-") for text in kept] == [3, 2, 1, 0]
    assert all(parse_allowlist(text, "allowlist.yaml") for text in kept)


def test_what_people_push_is_in_force_at_the_next_look(remote, person, tmp_path):
    keeper = keep(remote)
    person.commit(written(entry(), tmp_path))

    keeper.refresh()

    assert [each.resource for each in keeper.current.entries] == [entry().resource]


def written(exception, tmp_path):
    """Return the text of an allowlist with *exception* in it."""
    from config.file_shelf import FileShelf

    path = tmp_path / f"{exception.resource}.yaml"
    path.write_text("exceptions: []\n")
    add(Keeper(FileShelf(path), CATALOGUE), exception)
    return path.read_text()


def test_a_repository_at_rest_is_asked_and_not_fetched(remote, person):
    shelf = shelf_of(remote)

    assert shelf.read() is shelf.read()


def test_other_files_of_the_repository_are_nobodys_business(remote, person):
    keeper, before = keep(remote), there(remote)
    person.commit("hello\n", "README.md")

    add(keeper, entry())

    assert there(remote) != before
    assert git(remote, "show", "main:README.md") == "hello\n"


def test_a_path_in_a_folder_and_another_branch(remote, person):
    git(person.folder, "checkout", "-q", "-b", "risk")
    person.commit(EMPTY, "security/exceptions.yaml", push=False)
    git(person.folder, "push", "-q", "origin", "risk")

    add(keep(remote, "?branch=risk&path=security/exceptions.yaml"), entry())

    assert entry().resource in git(remote, "show", "risk:security/exceptions.yaml")
    assert entry().resource not in there(remote)


def test_whoever_is_slower_makes_the_change_anew_on_what_the_other_wrote(remote, person, tmp_path):
    keeper = Keeper(GitShelf(read_location(f"git+file:{remote}")), CATALOGUE)
    theirs = entry(resource="theirs")
    person.commit(written(theirs, tmp_path))

    add(keeper, entry(resource="ours"))

    assert {each.resource for each in keep(remote).current.entries} == {"theirs", "ours"}
    assert history(remote, "%an")[:2] == ["slack:U0HANNAH", "Petra"]


def test_two_bots_and_a_person_at_once_lose_and_double_nothing(remote, person):
    keepers = [keep(remote), keep(remote)]

    def decide(number):
        for each in range(6):
            insist(keepers[number], entry(resource=f"bucket-{number}-{each}"))

    def edit():
        for each in range(6):
            while not person.adds(f"# by hand {each}\n"):
                pass

    threads = [threading.Thread(target=decide, args=[n]) for n in range(2)]
    threads.append(threading.Thread(target=edit))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    text = there(remote)
    assert sorted(re.findall(r"bucket-\d-\d", text)) == sorted(
        f"bucket-{n}-{each}" for n in range(2) for each in range(6)
    )
    assert len(re.findall("by hand", text)) == 6


@pytest.mark.usefixtures("person")
def test_the_same_change_twice_is_one_entry(remote):
    for keeper in (keep(remote), keep(remote)):
        add(keeper, entry())

    assert len(keep(remote).current) == 1


def test_a_push_that_arrived_without_an_answer_is_not_made_again(remote, person):
    run_in(remote, "post-receive", "kill -9 $PPID")

    add(keep(remote), entry())

    assert there(remote).count("- rule:") == 1
    assert len(history(remote, "%h")) == 2


def test_a_rewritten_branch_that_lost_exceptions_does_not_end_them(remote, person):
    keeper = keep(remote)
    add(keeper, entry())
    person.commit("# another start\nexceptions: []\n", push=False)
    person.push("--force")

    keeper.refresh()
    keeper.refresh()

    assert len(keeper.current) == 1
    assert "was rewritten and has lost exceptions: repairs-photos" in keeper.problem()
    with pytest.raises(UnwritableAllowlistError, match="was rewritten"):
        add(keeper, entry(resource="another"))


def test_a_rewritten_branch_that_kept_every_exception_is_in_force(remote, person):
    keeper = keep(remote)
    add(keeper, entry())
    text = there(remote)
    person.commit(f"# rebased\n{text}", push=False)
    person.push("--force")

    keeper.refresh()

    assert (len(keeper.current), keeper.problem()) == (1, "")


def test_an_exception_that_people_took_out_ends_at_the_next_look(remote, person):
    keeper = keep(remote)
    add(keeper, entry())
    git(person.folder, "pull", "-q", "origin", "main")
    person.commit(EMPTY)

    keeper.refresh()

    assert len(keeper.current) == 0


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("exceptions:\n\t- rule: x\n", "valid YAML"),
        ("<<<<<<< HEAD\nexceptions: []\n=======\nexceptions: []\n>>>>>>> main\n", "YAML"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "pointer of Git LFS"),
    ],
)
def test_a_broken_text_leaves_the_last_good_one_in_force(remote, person, broken, told):
    keeper = keep(remote)
    add(keeper, entry())
    git(person.folder, "pull", "-q", "origin", "main")
    person.commit(broken)

    keeper.refresh()

    assert len(keeper.current) == 1
    assert told in keeper.problem()


def problem(shelf):
    with pytest.raises(ShelfUnreadableError) as raised:
        shelf.read()
    return str(raised.value)


def test_what_is_not_there_is_named_with_what_to_do(remote, tmp_path):
    assert "does not have a branch yet; push one" in problem(shelf_of(remote))
    person = Person(tmp_path / "first", remote)
    git(person.folder, "checkout", "-q", "-B", "main")
    person.commit("x\n", "folder/file")
    assert "commit it there with the line 'exceptions: []'" in problem(shelf_of(remote))
    assert "there is no branch other" in problem(shelf_of(remote, "?branch=other"))
    assert "is no plain file" in problem(shelf_of(remote, "?path=folder"))
    assert "correct ALLOWLIST_URL" in problem(shelf_of(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["502", "403-protected branch", "x.lock': File exists"])
def test_what_a_repository_is_called_says_nothing_of_what_is_wrong(tmp_path, name):
    assert "correct ALLOWLIST_URL" in problem(shelf_of(tmp_path / name))


def test_a_repository_that_refuses_the_push_says_why(remote, person):
    keeper = keep(remote)
    hook = run_in(remote, "pre-receive", "echo 'two reviews are needed' >&2; exit 1")

    with pytest.raises(UnwritableAllowlistError, match=r"refuses the push.*two reviews are needed"):
        add(keeper, entry())

    assert len(keeper.current) == 0
    hook.unlink()
    add(keeper, entry())
    assert len(keep(remote).current) == 1


def test_a_lock_of_a_dead_process_is_named(remote, person):
    keeper = keep(remote)
    lock = remote / "refs" / "heads" / "main.lock"
    lock.touch()

    with pytest.raises(UnwritableAllowlistError, match=r"remove its \.lock file"):
        add(keeper, entry())

    lock.unlink()
    add(keeper, entry())
    assert len(keep(remote).current) == 1


@not_as_root
def test_a_repository_that_is_not_ours_to_write_is_named(remote, person):
    keeper = keep(remote)
    (remote / "objects").chmod(stat.S_IRUSR | stat.S_IXUSR)

    with pytest.raises(UnwritableAllowlistError):
        add(keeper, entry())


def test_a_repository_out_of_reach_keeps_what_is_in_force(remote, person):
    keeper = keep(remote)
    add(keeper, entry())
    away = remote.rename(remote.with_name("away.git"))

    keeper.refresh()
    assert len(keeper.current) == 1
    assert keeper.problem()
    away.rename(remote)
    keeper.refresh()
    assert keeper.problem() == ""


@pytest.mark.usefixtures("person")
def test_a_change_that_is_reviewed_waits_on_a_branch_of_its_own(remote):
    keeper = keep(remote, "?mode=branch")

    for _ in range(2):
        with pytest.raises(UnreviewedAllowlistError, match="waits for review in the branch"):
            add(keeper, entry())

    branches = git(remote, "branch", "--format=%(refname:short)").split()
    [ours] = [each for each in branches if each.startswith("compliance-bot/")]
    assert len(keeper.current) == 0
    assert entry().resource in there(remote, ours)
    assert len(history(remote, "%h", f"main..{ours}")) == 1


def test_a_reviewed_change_is_in_force_once_it_is_merged(remote, person):
    keeper = keep(remote, "?mode=branch")
    with pytest.raises(UnreviewedAllowlistError):
        add(keeper, entry())
    git(person.folder, "fetch", "-q", "origin")
    branch = git(person.folder, "branch", "-r", "--list", "origin/compliance-bot/*").strip()
    git(person.folder, "merge", "-q", "--no-edit", branch)
    person.push()

    keeper.refresh()
    add(keeper, entry())

    assert len(keeper.current) == 1


def test_each_decision_about_an_exception_is_reviewed_on_a_branch_of_its_own(remote, person):
    agreed, longer = entry(id="E-1111"), entry(id="E-1111", expires=date(2027, 3, 31), renewals=1)
    add(keep(remote), agreed)
    git(remote, "branch", "compliance-bot/E-1111", "main")
    keeper = keep(remote, "?mode=branch")
    for change in (
        partial(keeper.replace, agreed, longer, "Hannah <slack:U0HANNAH>", "Longer."),
        partial(keeper.remove, agreed, "Harry <slack:U0HARRY>", "Mended."),
    ):
        for _ in range(2):
            person.adds("# A person's line\n")
            with pytest.raises(UnreviewedAllowlistError, match="E-1111-"):
                change()

    branches = git(remote, "branch", "--format=%(refname:short)").split()
    assert branches == [
        "compliance-bot/E-1111",
        "compliance-bot/E-1111-ended",
        "compliance-bot/E-1111-extended-1",
        "main",
    ]
    ended = history(remote, "%an|%s|%(trailers:unfold,separator=%x2C)", branches[1])[0]
    assert ended.startswith("Harry|End the exception of repairs-photos from ")
    assert "Exception-Id: E-1111" in ended


@pytest.mark.usefixtures("person")
def test_changes_under_review_do_not_build_on_each_other(remote):
    keeper = keep(remote, "?mode=branch")
    for name in ("one", "two"):
        with pytest.raises(UnreviewedAllowlistError):
            add(keeper, entry(resource=name))

    for branch in git(remote, "branch", "--format=%(refname:short)", "--list", "*/*").split():
        assert there(remote, branch).count("- rule:") == 1


@pytest.mark.usefixtures("person")
def test_commits_are_signed_where_a_key_is_given(remote, tmp_path):
    key = tmp_path / "key"
    call = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(call, check=True)
    shelf = shelf_of(remote, signing_key=str(key))

    shelf.write([Draft(EMPTY + "# x\n", "slack:U1", "Agreed.")], shelf.read().revision)

    assert "BEGIN SSH SIGNATURE" in git(remote, "cat-file", "commit", "main")


@pytest.mark.usefixtures("person")
def test_a_text_is_not_written_over_another_than_was_read(remote):
    shelf = shelf_of(remote)

    with pytest.raises(ShelfConflictError):
        shelf.write([Draft(EMPTY, "slack:U1", "Agreed.")], "another revision")


@pytest.mark.usefixtures("person")
def test_what_was_written_is_what_is_read(remote):
    shelf = shelf_of(remote)
    text = EMPTY + "# é\n"

    written = shelf.write([Draft(text, "slack:U1", "Agreed.")], shelf.read().revision)

    assert (written.text, written.lineage) == (text, Lineage.MEANT)
    assert shelf.read() == written == shelf_of(remote).read()


@pytest.mark.usefixtures("person")
def test_a_mark_at_the_beginning_of_the_file_stays(remote, person):
    (person.folder / "allowlist.yaml").write_bytes(b"\xef\xbb\xbf" + EMPTY.encode())
    git(person.folder, "commit", "-qam", "With a mark")
    person.push()

    add(keep(remote), entry())

    assert there(remote).startswith("\ufeff# Reviewed")


def test_the_token_opens_an_https_repository_and_stands_nowhere(
    tmp_path, remote, person, monkeypatch, caplog
):
    git(remote, "config", "http.receivepack", "true")
    token = "ghp_notARealTokenButSecret"
    with serving(tmp_path, token) as (url, certificate):
        monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
        location = read_location(f"git+{url}/remote.git?branch=main")
        keeper = Keeper(GitShelf(location, lambda: token, clock=Clock()), CATALOGUE)

        add(keeper, entry())

        assert len(keep(remote).current) == 1
        refused = GitShelf(location, lambda: "ghp_anotherToken", clock=Clock())
        with pytest.raises(ShelfUnreadableError, match="check ALLOWLIST_GIT_TOKEN") as raised:
            refused.read()
    assert "Token" not in str(raised.value).replace("ALLOWLIST_GIT_TOKEN", "")
    assert token not in json.dumps([str(each.__dict__) for each in caplog.records])


@pytest.mark.usefixtures("person")
def test_git_is_asked_with_the_environment_of_this_repository_alone(remote, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")

    add(keep(remote), entry())

    assert len(keep(remote).current) == 1


def test_a_server_that_does_not_answer_is_told_as_that(monkeypatch, tmp_path):
    monkeypatch.setattr("config.git._SECONDS", 0.2)
    slow = tmp_path / "ssh"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(slow))

    with pytest.raises(ShelfBusyError, match="does not answer"):
        GitShelf(read_location("git+ssh://git@git.invalid/repository.git?branch=main")).read()


def test_check_asks_whether_the_bot_may_push(remote, person):
    assert shelf_of(remote).unwritable() == ""
    assert "correct ALLOWLIST_URL" in shelf_of(remote.with_name("nowhere.git")).unwritable()
    assert len(history(remote, "%h")) == 1


@pytest.mark.usefixtures("person")
def test_nothing_of_the_clone_stays_behind(remote, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    shelf = shelf_of(remote)
    shelf.read()
    assert list(folder.iterdir())

    del shelf

    assert list(folder.iterdir()) == []


def test_an_unreadable_repository_at_start_is_a_fault_of_the_configuration(tmp_path):
    with pytest.raises(ConfigError, match="correct ALLOWLIST_URL"):
        keep(tmp_path / "nowhere.git")


@pytest.mark.parametrize("reason", ["Line one\nException-Id: E-FAKE", "#1 is fine", "—é—"])
def test_a_reason_is_no_trailer(remote, person, reason):
    shelf = shelf_of(remote)
    people = "Hannah Hughes <slack:U0HANNAH>", ("Harry Lindqvist <slack:U0HARRY>",)
    asked = replace(
        entry(), id="E-7K3QM9X2", ticket="SEC-2", asked_by=people[0], agreed_by=people[1]
    )
    shelf.write([Draft(EMPTY + "#\n", "slack:U1", reason, (asked,))], shelf.read().revision)

    trailers = git(remote, "log", "-1", "--format=%(trailers:only)", "main")
    assert trailers.splitlines() == [
        "Exception-Id: E-7K3QM9X2",
        "Ticket: SEC-2",
        "Asked-by: Hannah Hughes <slack:U0HANNAH>",
        "Agreed-by: Harry Lindqvist <slack:U0HARRY>",
        "",
    ]

"""The allowlist's file, whatever it is, on a real disk."""

import errno
import multiprocessing
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

import config.file_shelf as module
from compliance.shelf import (
    Draft,
    ShelfBusyError,
    ShelfConflictError,
    ShelfUnreadableError,
    ShelfUnwritableError,
)
from config.file_shelf import FileShelf

OLD, NEW = "exceptions: []\n", "exceptions: []  # new\n"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
not_as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "allowlist.yaml"
    path.write_text(OLD)
    return path


def write(path, text=NEW):
    shelf = FileShelf(path)
    return shelf.write([Draft(text, "slack:U1", "Agreed.")], shelf.read().revision)


def problem(path):
    with pytest.raises(ShelfUnreadableError) as raised:
        FileShelf(path).read()
    return str(raised.value)


def test_what_was_written_is_read_with_its_revision(path):
    written = write(path)

    assert (written.text, path.read_text()) == (NEW, NEW)
    assert FileShelf(path).read() == written


def test_a_text_that_others_changed_meanwhile_is_not_written_over(path):
    shelf = FileShelf(path)
    before = shelf.read()
    path.write_text("exceptions: []  # theirs\n")

    with pytest.raises(ShelfConflictError):
        shelf.write([Draft(NEW, "slack:U1", "Agreed.")], before.revision)

    assert "theirs" in path.read_text()


def test_what_an_editor_saves_while_the_text_is_being_written_is_not_written_over(
    path, monkeypatch
):
    """An editor takes no lock. It saves when the new text is on the disk, and not in its place."""
    sync = os.fsync

    def save(handle):
        sync(handle)
        theirs = path.with_name("theirs")
        theirs.write_text("exceptions: []  # theirs\n")
        theirs.rename(path)

    monkeypatch.setattr(os, "fsync", save)
    with pytest.raises(ShelfConflictError):
        write(path)

    assert path.read_text() == "exceptions: []  # theirs\n"
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_a_change_within_the_same_moment_and_of_the_same_size_is_seen(path):
    shelf = FileShelf(path)
    first = shelf.read()
    found = path.stat()
    path.write_text(OLD.replace("[]", "~ "))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))

    assert shelf.read() != first


def test_a_file_at_rest_is_not_read_again(path):
    os.utime(path, (0, 0))
    shelf = FileShelf(path)

    assert shelf.read() is shelf.read()


def test_mode_and_marks_of_the_file_stay(path):
    path.chmod(0o640)
    path.write_bytes(b"\xef\xbb\xbf" + OLD.encode())

    assert FileShelf(path).read().text == OLD
    write(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_bytes() == b"\xef\xbb\xbf" + NEW.encode()


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(path, tmp_path):
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "allowlist.yaml"
    link.symlink_to("../allowlist.yaml")

    write(link)

    assert link.is_symlink()
    assert path.read_text() == NEW
    assert sorted(each.name for each in link.parent.iterdir()) == ["allowlist.yaml"]


def test_a_file_with_two_names_is_written_under_both(path, tmp_path):
    other = tmp_path / "other.yaml"
    other.hardlink_to(path)

    write(path)

    assert other.read_text() == NEW
    assert path.samefile(other)


@as_root
def test_owner_and_group_of_the_file_stay(path):
    os.chown(path, 12345, 23456)

    write(path)

    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EROFS])
def test_a_file_that_cannot_be_replaced_is_written_in_place(path, monkeypatch, number):
    """As where it is mounted alone, or its folder belongs to somebody else."""
    before = path.stat()

    def refuse(self, target):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)
    write(path, NEW * 3)
    write(path, OLD)

    assert path.read_text() == OLD
    assert path.stat().st_ino == before.st_ino
    assert sorted(each.name for each in path.parent.iterdir() if ".lock" not in each.name) == [
        "allowlist.yaml"
    ]


def mounted(folder):
    """Mount one file alone, as Docker and Kubernetes do; None where that is not ours to do."""
    inside, outside = folder / "mounted.yaml", folder / "outside.yaml"
    inside.touch()
    outside.write_text(OLD)
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "--bind", outside, inside], capture_output=True, check=False
    )
    return (inside, outside) if done and done.returncode == 0 else None


def test_a_file_that_is_mounted_alone_is_written_and_its_change_outside_is_seen(tmp_path):
    if (pair := mounted(tmp_path)) is None:
        pytest.skip("mounting is not ours to do here")
    inside, outside = pair
    try:
        write(inside)
        assert outside.read_text() == NEW

        outside.write_text("exceptions: []  # theirs\n")
        assert "theirs" in FileShelf(inside).read().text
        assert FileShelf(inside).unwritable() == ""
    finally:
        subprocess.run([shutil.which("umount"), inside], check=True)


def test_a_full_disk_leaves_the_file_as_it_was(path, monkeypatch):
    write_to, failed = os.pwrite, []

    def full(handle, data, at):
        if not failed:
            failed.append(write_to(handle, data[:5], at))
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_to(handle, data, at)

    monkeypatch.setattr(module, "_replace", lambda *_: False)
    monkeypatch.setattr(os, "pwrite", full)

    with pytest.raises(ShelfUnwritableError, match="is full; make room"):
        write(path, "# longer\n" + NEW)

    assert path.read_text() == OLD


def test_a_full_disk_leaves_nothing_beside_the_file(path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(ShelfUnwritableError, match="is full; make room"):
        write(path)

    assert path.read_text() == OLD
    assert not list(path.parent.glob(".*"))


def test_what_a_killed_process_left_behind_holds_up_nothing(path):
    (path.parent / ".allowlist.yaml.new").write_text("half")
    (path.parent / "allowlist.yaml.lock").touch()

    write(path)

    assert path.read_text() == NEW


def hold(lock, ready, over):
    with FileLock(lock):
        ready.set()
        over.wait(30)


def test_another_writer_is_waited_for_and_told_if_it_takes_too_long(path, monkeypatch):
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.1)
    processes = multiprocessing.get_context("spawn")
    ready, over = processes.Event(), processes.Event()
    other = processes.Process(target=hold, args=(f"{path}.lock", ready, over))
    other.start()
    assert ready.wait(30)

    with pytest.raises(ShelfBusyError, match="another process writes"):
        write(path)
    other.kill()
    other.join()

    assert write(path).text == NEW


@not_as_root
def test_a_folder_that_is_not_ours_lets_the_file_be_written_in_place(path):
    path.parent.chmod(0o555)
    try:
        write(path)
        assert path.read_text() == NEW
        assert FileShelf(path).unwritable() == ""
    finally:
        path.parent.chmod(0o755)


@not_as_root
def test_a_file_that_is_to_be_read_only_says_whose_it_is_and_what_to_do(path):
    path.chmod(0o444)

    assert "mode 0444; give this user the right" in FileShelf(path).unwritable()
    with pytest.raises(ShelfUnwritableError, match="mode 0444; give this user the right"):
        write(path)
    assert path.read_text() == OLD


@not_as_root
def test_a_file_that_is_not_ours_to_read_says_so(path):
    path.chmod(0)

    assert "is not for user" in problem(path)


def make_loop(path):
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: None, "is not there; create it with the line 'exceptions: []'"),
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "is a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "is a device"),
        (lambda path: path.symlink_to("nowhere"), "is a link to what is not there"),
        (make_loop, "is a link to itself"),
        (lambda path: path.write_bytes("exceptions: []".encode("utf-16")), "save it as UTF-8"),
        (lambda path: path.write_bytes(b"# a\n# \xe9\n"), "yaml:2: a character that is not UTF-8"),
    ],
    ids=["missing", "folder", "pipe", "device", "dangling", "loop", "UTF-16", "Latin-1"],
)
def test_what_is_no_file_of_exceptions_says_what_it_is(tmp_path, make, told):
    path = tmp_path / "odd.yaml"
    make(path)

    assert told in problem(path)
    assert told in FileShelf(path).unwritable() or "UTF" in told


def test_a_path_through_a_file_is_told(path):
    assert "leads through something that is not a folder" in problem(path / "allowlist.yaml")


def test_a_file_that_is_too_large_is_not_read(path):
    with path.open("ab") as file:
        file.truncate(65 * 2**20)

    assert "has 65 MiB, and an allowlist at most 64" in problem(path)


def test_an_empty_file_is_an_empty_text(path):
    path.write_text("")

    assert FileShelf(path).read().text == ""

"""How the allowlist's text is written in bytes, wherever it is kept."""

from compliance.shelf import ShelfUnreadableError, UnfitTextError

MOST_BYTES = 64 * 2**20
_BOM = b"\xef\xbb\xbf"
#: UTF-16 and UTF-32 have nulls among the bytes of what begins in Latin letters.
_FIRST = 64
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md#the-pointer
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def decoded(data: bytes, name: str) -> str:
    """Return the text of *data*; raises ShelfUnreadableError with what to do about *name*."""
    if len(data) > MOST_BYTES:
        raise ShelfUnreadableError(too_large(name, len(data)))
    if data.startswith(_UTF_16) or b"\0" in data[:_FIRST]:
        raise UnfitTextError(
            name, "is written in UTF-16 or UTF-32, or is no text; save it as UTF-8"
        )
    if data.startswith(_LFS_POINTER):
        raise UnfitTextError(
            name, "is a pointer of Git LFS and not the allowlist; take the file out of LFS"
        )
    try:
        return data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        odd = f"0x{data[error.start]:02x}"
        problem = f"a character that is not UTF-8 ({odd}); save the file as UTF-8"
        raise UnfitTextError(name, problem, line) from error


def encoded(text: str, before: bytes) -> bytes:
    """Return the bytes of *text*; a mark at the beginning of what was there *before* stays."""
    data = text.encode("utf-8")
    return _BOM + data if before.startswith(_BOM) else data


def too_large(name: str, size: int) -> str:
    return (
        f"{name} has {size // 2**20} MiB, and an allowlist at most {MOST_BYTES // 2**20}; "
        "take out what has ended, or correct ALLOWLIST_URL"
    )

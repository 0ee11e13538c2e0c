"""How a text holds what may be AWS Config's."""

import base64
import gzip
import json

from compliance.packing import after_words, parts, unpacked

MESSAGE = {"messageType": "a+b"}
TEXT = json.dumps(MESSAGE)


def coded(data):
    return base64.b64encode(data).decode()


def test_an_object_is_found_at_the_beginning_and_below_words_as_it_is_written():
    assert after_words(TEXT) == after_words(f"It says: {TEXT} and so on") == MESSAGE
    assert after_words("It says: %7B%22messageType%22: %22a%2Bb%22%7D") == MESSAGE
    assert after_words('{"nothing": "of ours"}') is None


def test_a_text_has_each_document_that_is_in_it_and_none_where_it_is_not_ours():
    assert parts(f" {TEXT}\n{TEXT},{TEXT}") == [MESSAGE] * 3
    assert parts("[AWS Config:eu-west-2] " + TEXT) == [MESSAGE]
    assert parts('{"nothing": "of ours"}') == []
    assert parts(coded(TEXT.encode() * 3)) == [TEXT * 3]


def test_what_is_packed_is_json_or_packed_once_more():
    twice = coded(TEXT.encode() * 2)

    assert unpacked(coded(twice.encode())) == twice
    assert unpacked(coded(b"Words, and none of them is an object of JSON.")) is None
    assert unpacked("short") is None


def test_a_small_text_that_becomes_a_huge_one_is_cut():
    huge = gzip.compress(b'{"a": "' + b"x" * 2_000_000)

    assert len(unpacked(coded(huge))) == 1024 * 1024

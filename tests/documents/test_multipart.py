"""Forms as different programs write them are read alike, whatever is in them."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import httpx
import pytest
from documents.multipart import Part, boundary_of, parts
from hypothesis import example, given, settings
from hypothesis import strategies as st

Form = tuple[bytes, str]
_HEAD = 'Content-Disposition: form-data; name="{}"'


def dart(name: str, content: bytes) -> Form:
    """Flutter's http package: header names in small letters, and the encoding of a field that is not ASCII."""
    boundary = "dart-http-boundary-CuCnq9bzkKtKXR8W6bBMSbQuQ6-lbe5.YgSWLcAe9ppDx8D"
    escaped = name.replace("\r\n", "%0D%0A").replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
    field = 'content-disposition: form-data; name="title"\r\ncontent-type: text/plain; charset=utf-8\r\n'
    field += "content-transfer-encoding: binary\r\n\r\nBlut é\r\n"
    file = f'content-type: application/pdf\r\ncontent-disposition: form-data; name="file"; filename="{escaped}"\r\n\r\n'
    body = f"--{boundary}\r\n{field}--{boundary}\r\n{file}".encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def browser(name: str, content: bytes) -> Form:
    boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    escaped = name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
    head = f'{_HEAD.format("file")}; filename="{escaped}"\r\nContent-Type: application/pdf\r\n\r\n'
    body = f"--{boundary}\r\n{_HEAD.format('title')}\r\n\r\nBlut é\r\n--{boundary}\r\n{head}".encode()
    return body + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def curl(name: str, content: bytes) -> Form:
    boundary = "------------------------d74496d66958873e"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    head = f'{_HEAD.format("file")}; filename="{escaped}"\r\nContent-Type: application/pdf\r\n\r\n'
    body = f"--{boundary}\r\n{head}".encode() + content + f"\r\n--{boundary}\r\n{_HEAD.format('title')}".encode()
    body += f"\r\n\r\nBlut é\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def requests(name: str, content: bytes) -> Form:
    """Older Python clients name the file in the extended way only."""
    head = f"{_HEAD.format('file')}; filename*=utf-8''{quote(name, safe='')}\r\n\r\n"
    body = f"--abc\r\n{_HEAD.format('title')}\r\n\r\nBlut é\r\n--abc\r\n{head}".encode() + content + b"\r\n--abc--\r\n"
    return body, "multipart/form-data; boundary=abc"


def newer_python(name: str, content: bytes) -> Form:
    request = httpx.Request("POST", "http://x", data={"title": "Blut é"}, files={"file": (name, content)})
    return request.read(), request.headers["content-type"]


def mailer(name: str, content: bytes) -> Form:
    """All that RFC 2046 allows: a preamble, an epilogue, padding, folded headers, a quoted boundary with a blank."""
    head = f"Content-Disposition: form-data;\r\n name=\"file\";\r\n\tfilename*=UTF-8'en'{quote(name, safe='')}\r\n\r\n"
    body = (
        b"Read by no program.\r\n--a b \t\r\n" + f"{_HEAD.format('title')}\r\n\r\nBlut é\r\n--a b\t \r\n{head}".encode()
    )
    return body + content + b"\r\n--a b--  \r\nNor is this.\r\n--a b\r\n", 'multipart/form-data; boundary="a b"'


names = st.text(st.characters(codec="utf-8", exclude_characters='\r\n"\\%\0', exclude_categories=["Cc"]), min_size=1)
contents = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"\r\n", b"--", b"\r", b"\n", b"-", b"abc", b"a b", b" ", b"--abc--", b"x"])).map(
        b"".join
    ),
)


@pytest.mark.parametrize("client", [dart, browser, curl, requests, newer_python, mailer])
@given(names, contents)
@example("résumé; of Anna's.pdf", b"")
@example("name=.pdf", b"\r\n\r\n--\r\n")
@settings(max_examples=60)
def test_every_client_is_understood(client: Callable[[str, bytes], Form], name: str, content: bytes) -> None:
    body, content_type = client(name, content)
    boundary = boundary_of(content_type)
    if b"\r\n--" + boundary in b"\r\n" + content:
        return  # a client would choose another boundary
    read = {part.name: part for part in parts(body, boundary)}
    assert read == {"title": Part("title", None, "Blut é".encode()), "file": Part("file", name, content)}


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=abc",
        'multipart/form-data; boundary="abc"',
        "Multipart/Form-Data;BOUNDARY=abc; a=b",
    ],
)
def test_a_boundary_may_be_quoted_or_not(content_type: str) -> None:
    assert boundary_of(content_type) == b"abc"


@pytest.mark.parametrize(
    ("header", "file_name"),
    [
        ('; filename="a.pdf"', "a.pdf"),
        ("; filename=a.pdf", "a.pdf"),
        ("; filename*=UTF-8''%e2%82%ac.pdf; filename=\"euro.pdf\"", "€.pdf"),
        ("; filename=\"euro.pdf\"; FILENAME*=iso-8859-1'en'%A3.pdf", "£.pdf"),
        ('; filename="C:\\fakepath\\a.pdf"', "a.pdf"),
        ("", None),
    ],
)
def test_a_file_is_named_in_several_ways(header: str, file_name: str | None) -> None:
    body = f"--x\r\n{_HEAD.format('file')}{header}\r\n\r\n\r\n--x--".encode()
    assert [part.file_name for part in parts(body, b"x")] == [file_name]


def test_a_part_may_be_encoded() -> None:
    head = _HEAD.format("file") + "\r\nContent-Transfer-Encoding: "
    body = f"--x\r\n{head}base64\r\n\r\nJVBE\r\nRi0=\r\n--x\r\n{head}quoted-printable\r\n\r\n=25PDF-\r\n--x--".encode()
    assert [part.content for part in parts(body, b"x")] == [b"%PDF-", b"%PDF-"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n\r\n",
        b"--x\r\nno header\r\n\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=klingon''a.pdf\r\n\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=utf-8''%ff.pdf\r\n\r\n\r\n--x--",
    ],
    ids=["empty", "cut off", "no header", "unknown character set", "not UTF-8"],
)
def test_a_broken_form_is_no_form(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"form|header|character set|decode"):
        list(parts(body, b"x"))


@given(st.lists(st.sampled_from([b"--x", b"--x--", b"\r\n", b":", b"a: b", b'name="', b"filename*=", b"''", b"%"])))
@settings(max_examples=300)
def test_any_bytes_are_a_form_or_refused(pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    with suppress(ValueError):  # any other exception would be a server error
        assert sum(len(part.content) for part in parts(body, b"x")) <= len(body)

"""A server of answers made to harm whoever asks, on loopback alone; each stops by itself."""

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

AT_MOST = 20.0  # seconds that an answer goes on
MUCH = b"x" * (1 << 20)
ZEROS = gzip.compress(b"\0" * 50_000_000, 9)
HEAD = b"HTTP/1.1 200 OK\r\n"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /good\r\n"
LENGTH = b"Content-Length: 4000000000\r\n"
SHORTER = b"Content-Length: 4000\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
FILE = b"annee;code\n2023;1\n"

Answer = Callable[[socket.socket], None]


def endless(connection: socket.socket, content: bytes, wait: float = 0) -> None:
    """Send the same again and again, so long as one listens and no longer than AT_MOST."""
    end = time.monotonic() + AT_MOST
    while time.monotonic() < end:
        connection.sendall(content)
        time.sleep(wait)


def sending(*parts: bytes) -> Answer:
    return lambda connection: [connection.sendall(part) for part in parts] and None


def without_end(start: bytes, content: bytes = MUCH, wait: float = 0) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        endless(connection, content, wait)

    return answer


def leading_to(address: str) -> Answer:
    return sending(f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode())


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def gzip_of_gzip(connection: socket.socket) -> None:
    content = gzip.compress(ZEROS * 20, 9)
    head = b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(content)
    connection.sendall(HEAD + head + content)


DRIP = 0.2  # seconds between two bytes
ANSWERS: dict[str, Answer] = {
    "redirect to endless": without_end(REDIRECT + LENGTH + b"\r\n"),
    "redirect of unknown length": without_end(REDIRECT + b"\r\n"),
    "redirect to a bomb": sending(
        REDIRECT + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZEROS), ZEROS
    ),
    "redirect that drips": without_end(REDIRECT + LENGTH + b"\r\n", b"x", DRIP),
    "redirect without end": leading_to("/redirect%20without%20end"),
    "redirect to this machine": leading_to("http://localhost:{port}/good"),
    "redirect to a private network": leading_to("http://10.0.0.1/"),
    "redirect to metadata": leading_to("http://169.254.169.254/latest/"),
    "redirect to a number": leading_to("http://2130706433:{port}/good"),
    "redirect to IPv6": leading_to("http://[::ffff:127.0.0.1]:{port}/good"),
    "redirect to a file": leading_to("file:///etc/passwd"),
    "redirect to nothing": leading_to("http://[nowhere/"),
    "drip in the status": without_end(b"HTTP/1.1 ", b"2", DRIP),
    "drip in headers": without_end(HEAD + b"X: ", b"x", DRIP),
    "a header without end": without_end(HEAD + b"X: "),
    "headers without end": without_end(HEAD, b"X: x\r\n" * 1000),
    "answers before the answer": without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silence": lambda connection: time.sleep(AT_MOST),
    "drip in chunk sizes": without_end(HEAD + CHUNKED + b"\r\n", b"0", DRIP),
    "a chunk size without end": without_end(HEAD + CHUNKED + b"\r\n", b"0" * len(MUCH)),
    "a chunk of gigabytes": without_end(HEAD + CHUNKED + b"\r\nffffffffff\r\n"),
    "a negative chunk": sending(HEAD + CHUNKED + b"\r\n-5\r\nxxxxx\r\n0\r\n\r\n"),
    "trailers without end": without_end(HEAD + CHUNKED + b"\r\n1\r\nx\r\n0\r\n", b"X: x\r\n", DRIP),
    "drip in the body": without_end(HEAD + SHORTER + b"\r\n", b"x", DRIP),
    "endless": without_end(HEAD + b"\r\n"),
    "gigabytes": without_end(HEAD + LENGTH + b"\r\n"),
    "gzip": sending(HEAD + b"Content-Encoding: gzip\r\n\r\n", ZEROS * 40),
    "gzip of gzip": gzip_of_gzip,
    "garbage": sending(bytes(range(256)) * 40),
    "reset": reset,
    "reset within": lambda connection: (connection.sendall(HEAD + SHORTER + b"\r\nx"), reset(connection))[1],
    "a length that is none": sending(HEAD + b"Content-Length: -1, x\r\n\r\n" + FILE),
    "a catalogue of numbers": sending(HEAD + b'\r\n{"resources": [{"url": 5, "last_modified": 5}]}\n'),
    "a catalogue without end": without_end(HEAD + b"\r\n", b'{"resources": ['),
    "good": sending(HEAD + b"Content-Length: %d\r\n\r\n" % len(FILE) + FILE),
}


@contextmanager
def serving() -> Iterator[str]:
    """The address of the server, which answers by the path of the request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        threading.Thread(target=_serve, args=(listening, port), daemon=True).start()
        yield f"http://127.0.0.1:{port}"


def _serve(listening: socket.socket, port: int) -> None:
    with suppress(OSError):  # closed: the tests are over
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=_answer, args=(connection, port), daemon=True).start()


def _answer(connection: socket.socket, port: int) -> None:
    with connection, suppress(OSError):
        path = connection.recv(1 << 16).split(b" ")[1].decode()
        name = path.rpartition("/")[2].replace("%20", " ")
        ANSWERS[name](Filled(connection, port) if name.startswith("redirect to") else connection)


class Filled:
    """A connection on which {port} stands for the port of this server."""

    def __init__(self, connection: socket.socket, port: int):
        self.connection, self.port = connection, str(port).encode()

    def sendall(self, content: bytes) -> None:
        self.connection.sendall(content.replace(b"{port}", self.port))

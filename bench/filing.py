"""Clients for the benches: people who object through the real form, and a proxy that loses answers on purpose."""

import http.client
import random
import re
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds that a client goes on trying
_BOUNDARY = "bench-of-crashes"


@dataclass
class Filing:
    """One objection as a client sends it: again and again with the same key, until it is acknowledged."""

    notice: str
    key: str
    marker: str  # what its facts say, and nobody else's
    token: str  # of the form, against forgery
    file: bytes | None
    answers: list[str] = field(default_factory=list)  # the receipts' addresses, one for each acknowledgement
    sent: int = 0
    unanswered: int = 0  # how often the connection broke, or the server could not


class NotTaken(Exception):
    """The server refused what it should have taken."""


class Client:
    """One browser: it keeps its cookies, sends real forms, and tries again while the server is down."""

    def __init__(self, port: int, dice: random.Random) -> None:
        self.port, self.dice = port, dice
        self.cookies: dict[str, str] = {}

    def begin(self, notice: str, given_up: threading.Event) -> Filing | None:
        """Opens the form; None where the client is told to end before the server answers."""
        while not given_up.is_set():
            try:
                status, _, body = self._ask("GET", _form(notice))
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                hidden = _Hidden(_form(notice)).read(body)
                marker = f"{self.dice.getrandbits(64):016x}"
                data = _picture(marker) if self.dice.random() < 0.2 else None
                return Filing(notice, hidden["key"], marker, hidden["csrfmiddlewaretoken"], data)
            if 400 <= status < 500:
                raise NotTaken(f"GET {_form(notice)}: {status}")
            time.sleep(0.05)
        return None

    def send(self, filing: Filing) -> None:
        """Sends until it is acknowledged. Raises ``NotTaken``."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            filing.sent += 1
            try:
                status, headers, body = self._ask("POST", _form(filing.notice), _multipart(filing))
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 302:
                filing.answers.append(urlsplit(headers["Location"]).path)
                return
            if 400 <= status < 500:
                raise NotTaken(f"POST {_form(filing.notice)}: {status} {body[-3000:]}")
            filing.unanswered += 1
            time.sleep(0.02 + 0.08 * self.dice.random())
        raise NotTaken(f"{filing.key} was not acknowledged for {PATIENCE:.0f} s")

    def _ask(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        headers = {"Connection": "close", "Accept-Language": "en"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.strip().partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, text


class Crowd:
    """Clients that file at once, each in a thread of its own."""

    def __init__(self, port: int, notices: list[str], number: int, seed: int, pause: float = 0.02) -> None:
        self.filings: list[Filing] = []
        self.troubles: list[Exception] = []
        self._ended = threading.Event()
        self._pause = pause
        self._threads = [
            threading.Thread(target=self._file, args=(port, notices, random.Random(f"{seed}/{one}")))
            for one in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> list[Filing]:
        """Lets every client bring its last filing to an acknowledgement. Raises what a client met."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        if self.troubles:
            raise self.troubles[0]
        return self.filings

    def _file(self, port: int, notices: list[str], dice: random.Random) -> None:
        client = Client(port, dice)
        try:
            while not self._ended.is_set():
                filing = client.begin(dice.choice(notices), self._ended)
                if filing is None:
                    return
                self.filings.append(filing)
                client.send(filing)
                if dice.random() < 0.1:  # pressed twice
                    client.send(filing)
                time.sleep(self._pause * dice.random())
        except Exception as trouble:  # kept for the thread that waits
            self.troubles.append(trouble)


class _Hidden(HTMLParser):
    """The hidden fields of the form that posts to an address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.found = action, False, dict[str, str]()

    def read(self, page: str) -> dict[str, str]:
        """Name and value of each."""
        self.feed(page)
        return self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what belongs to the form."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("action") == self.action
        elif tag == "input" and self.inside and given.get("type") == "hidden":
            self.found[given["name"]] = given["value"]


def _form(notice: str) -> str:
    return f"/notices/{notice}/object/"


def _multipart(filing: Filing) -> bytes:
    fields = {
        "csrfmiddlewaretoken": filing.token,
        "key": filing.key,
        "kind": "person",
        "name": "某人（虚构）",
        "contact": "虚构 0000",
        "facts": filing.marker,
    }
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if filing.file is not None:
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="proof"; filename="proof.png"\r\n'
        parts += [f"{head}Content-Type: image/png\r\n\r\n".encode(), filing.file, b"\r\n"]
    return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


def _picture(marker: str) -> bytes:
    """A small PNG that nobody else has."""
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.frombytes("L", (16, 1), marker.encode("ascii")).save(stream, "PNG")
    return stream.getvalue()


# ---------------------------------------------------------------------------------- answers that get lost


class LosingProxy(socketserver.ThreadingTCPServer):
    """Passes requests on, but swallows the first answer to each filing, once the server has given it.

    ``swallowed`` holds the address of the receipt in it by the filing's key: what the server had done.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behind: int) -> None:
        super().__init__((HOST, 0), _Passing)
        self.behind = behind
        self.swallowed: dict[str, str] = {}

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Passing(socketserver.BaseRequestHandler):
    server: LosingProxy

    def handle(self) -> None:
        """One request on one connection."""
        request = _whole_request(self.request)
        with socket.create_connection((HOST, self.server.behind), timeout=30) as server:
            server.sendall(request)
            answer = b"".join(iter(lambda: server.recv(65536), b""))
        key = re.search(rb'name="key"\r\n\r\n([^\r]+)\r\n', request)
        if key is not None and key[1].decode() not in self.server.swallowed:
            receipt = re.search(rb"\r\nLocation: *([^\r]+)\r\n", answer, re.IGNORECASE)
            self.server.swallowed[key[1].decode()] = urlsplit(receipt[1].decode()).path if receipt else ""
            if random.random() < 0.5:  # cut hard, or closed politely
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        self.request.sendall(answer)


def _whole_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: *(\d+)", head, re.IGNORECASE)
    while length is not None and len(body) < int(length[1]):
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionAbortedError
    return data


@contextmanager
def losing_proxy(behind: int) -> Iterator[LosingProxy]:
    """A proxy in front of a port, for as long as the block runs."""
    with LosingProxy(behind) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()

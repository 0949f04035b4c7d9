"""A small real server that receives webhooks, and does with each message what it is told to."""

import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Event, Lock, Thread

from standardwebhooks.webhooks import Webhook as Verifier

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Receiver:
    """`answers`: what it says to the next ones, a status or a function of the handler; then 204 for ever."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/hook?from=ozg"
        self.got = []  # (headers, body) of everything that came in whole
        self.answers = []
        self.before_answer = lambda: None
        self.most_at_once = self._now = 0
        self.lock = Lock()
        self.closing = Event()

    def messages(self):
        return [json.loads(body) for _headers, body in self.got]

    def ids(self):
        return [headers["webhook-id"] for headers, _body in self.got]

    def told(self):
        """Ids of the events, in the order in which they came."""
        return [each["id"] for message in self.messages() for each in message["results"]]

    def verified(self, secret):
        """All of it, checked by the library that the standard's authors publish."""
        return [Verifier(secret).verify(body, dict(headers)) for headers, body in self.got]

    @contextmanager
    def busy(self):
        with self.lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield
        finally:
            with self.lock:
                self._now -= 1


@contextmanager
def receiver():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            with self.server.told.busy():
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answers = self.server.told.answers
                with self.server.told.lock:
                    self.server.told.got.append(({k.lower(): v for k, v in self.headers.items()}, body.decode()))
                    answer = answers.pop(0) if answers else 204
                self.server.told.before_answer()
                if callable(answer):
                    answer(self)
                else:
                    self.send_response(answer)
                    self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.told = Receiver(server.server_port)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.told
    finally:
        server.told.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def leads_to(address, status=302):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Location", address)
        handler.end_headers()

    return answer


def says_nothing(handler):
    handler.server.told.closing.wait(30)


def drips(handler):
    """A byte of a header now and then, so that no single wait is long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(200):
        try:
            handler.wfile.write(b"X")
            handler.wfile.flush()
        except OSError:
            return
        if handler.server.told.closing.wait(0.05):
            return


def pours(handler):
    """Headers, and then more than anybody wants."""
    handler.send_response(200)
    handler.end_headers()
    ends = time.monotonic() + 5
    while time.monotonic() < ends and not handler.server.told.closing.is_set():
        try:
            handler.wfile.write(b"x" * 65536)
        except OSError:
            return


def hangs_up(handler):
    handler.connection.close()


def later(seconds, status=503):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Retry-After", str(seconds))
        handler.end_headers()

    return answer

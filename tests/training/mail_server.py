"""A real mail server on this machine that takes letters, or falls silent at a word of the protocol."""

import socketserver
import threading
from contextlib import contextmanager

_WORDS = {"EHLO": "250 hier", "MAIL": "250 gut", "RCPT": "250 gut", "RSET": "250 gut", "DATA": "354 bitte"}


class MailServer(socketserver.ThreadingTCPServer):
    """`silent_at`: the word after which it says nothing more ("" is before its greeting); None: it takes all."""

    daemon_threads = True

    def __init__(self, silent_at):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.silent_at, self.letters, self.connections = silent_at, [], 0
        self.silent, self.ending = threading.Event(), threading.Event()

    @property
    def address(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        self._say("", "220 hier")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "QUIT":
                return
            self._say(word, _WORDS[word])
            if word == "DATA":
                self.server.letters.append(self._letter())
                self.wfile.write(b"250 gut\r\n")

    def _say(self, word, answer):
        if self.server.silent_at == word:
            self.server.silent.set()
            self.server.ending.wait()
        self.wfile.write(f"{answer}\r\n".encode())

    def _letter(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


@contextmanager
def mail_server(silent_at=None):
    with MailServer(silent_at) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
            thread.join()

"""A mail server in a process of its own: tells each final dot, and misbehaves when asked to.

    python -m tests.bench.sink [--manner good] [--hold 0.004]

It prints its port, then `<Message-ID> <recipient>` for each message at the moment its final dot
has come, before a word of answer: what is printed may have arrived, what is not has not.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.bench import ground

MANNERS = {
    "good": "takes everything",
    "refuses": "takes no connection",
    "hangs": "never says a word",
    "drips": "says a letter now and then",
    "hangs up": "greets with 421 and closes",
    "451": "asks for every recipient to be tried later",
    "550": "knows no recipient",
    "cut before": "closes the line before the final dot",
    "cut after": "closes the line after the final dot",
    "silent after": "never answers the final dot",
    "no TLS": "offers STARTTLS and then speaks nonsense",
}


class Rude:
    """One server; `manner` may change while it runs."""

    def __init__(self, manner: str, hold: float) -> None:
        self.manner = manner
        self.hold = hold
        self.chance = random.Random(7)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")

        if self.manner in {"hangs", "drips"}:
            while self.manner == "hangs" and await reader.read(100):
                pass
            for _ in range(100_000):
                writer.write(b"2")
                await writer.drain()
                await asyncio.sleep(0.2)
            return
        if self.manner == "hangs up":
            say("421 too busy")
            return
        say("220 here")
        recipient = ""
        while raw := await reader.readline():
            word = raw.decode(errors="replace").strip()
            verb = word[:4].upper()
            if verb == "EHLO":
                say("250-here")
                say("250 STARTTLS" if self.is_rude("no TLS") else "250 SMTPUTF8")
            elif verb == "STAR":
                say("220 go on")
                say("this is no handshake")
                return
            elif verb == "RCPT":
                await self._hold()
                recipient = word.partition("<")[2].partition(">")[0]
                say({"451": "451 later", "550": "550 no such user"}.get(self.manner, "250 fine"))
            elif verb == "DATA":
                await self._hold()
                say("354 go on")
                if self.is_rude("cut before"):
                    await reader.readline()
                    return
                if not await self._take(reader, recipient):
                    return
                say("250 kept")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")

    async def _hold(self) -> None:
        """Think a little, as a server does that looks names up and writes to a disk."""
        if self.hold:
            await asyncio.sleep(self.chance.uniform(0, self.hold))

    def is_rude(self, how: str) -> bool:
        """Tell whether it misbehaves in one way just now."""
        return self.manner == how

    async def _take(self, reader: asyncio.StreamReader, recipient: str) -> bool:
        """Hear a message to its dot; say whether it is answered."""
        number = ""
        while (line := await reader.readline()) not in {b".\r\n", b""}:
            if line.lower().startswith(b"message-id:") and not number:
                number = line.partition(b":")[2].decode().strip()
        if not line:
            return False
        print(number, recipient, flush=True)
        await self._hold()
        if self.is_rude("silent after"):
            await reader.read(100)
        return not (self.is_rude("cut after") or self.is_rude("silent after"))


async def serve(manner: str, hold: float) -> None:
    """Serve until the line to whoever started it closes; each line that comes is a new manner."""
    rude = Rude(manner, hold)
    server = await asyncio.start_server(rude.meet, "127.0.0.1", 0, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        rude.manner = line.strip()
        if rude.manner == "refuses":
            server.close()
        elif not server.is_serving():
            server = await asyncio.start_server(rude.meet, "127.0.0.1", port, limit=1 << 20)


class Sink:
    """The server as who started it sees it."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.url = f"smtp://127.0.0.1:{port}"
        self.dots: list[str] = []  # the Message-ID of each final dot, in order
        self.recipients: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            number, _, recipient = line.strip().partition(" ")
            self.recipients.append(recipient)
            self.dots.append(number)

    def behave(self, manner: str) -> None:
        """Change its manners."""
        assert self.process.stdin is not None
        self.process.stdin.write(manner + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        """End it, once all it told has been heard."""
        self.process.terminate()
        self.process.wait(20)
        self._reader.join(20)
        for end in (self.process.stdin, self.process.stdout):
            assert end is not None
            end.close()


@contextmanager
def running(manner: str = "good", *, hold: float = 0.0) -> Iterator[Sink]:
    """Run a server."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sink", "--manner", manner, "--hold", str(hold)],
        cwd=ground.TOP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    sink = Sink(process, int(process.stdout.readline()))
    try:
        yield sink
    finally:
        sink.close()


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--manner", default="good", choices=list(MANNERS))
    parser.add_argument("--hold", type=float, default=0.0, help="most seconds before an answer")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(asked.manner, asked.hold))


if __name__ == "__main__":
    main()

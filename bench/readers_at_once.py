"""Many readers in one process, each with a connection of its own: `PORT PATH COOKIE READERS SECONDS [health]`.

Prints one JSON object: the seconds of each right answer, answers by kind, and how long it lasted. With `health`, one
more reader asks every tenth of a second whether the process lives.
"""

import asyncio
import json
import sys
import time
from collections import Counter

PATIENCE = 20.0


async def main(port: int, path: str, cookie: str, readers: int, seconds: float, *, health: bool) -> dict[str, object]:
    """Until the time is up; what is on its way then is waited for and counted."""
    took: list[float] = []
    kinds: Counter[str] = Counter()
    end = time.monotonic() + seconds
    began = time.monotonic()
    asked = [_read(port, path, cookie, end, took, kinds) for _ in range(readers)]
    asked += [_look(port, end, kinds)] if health else []
    await asyncio.gather(*asked)
    return {"seconds": [round(one, 5) for one in took], "kinds": kinds, "lasted": time.monotonic() - began}


async def _read(port: int, path: str, cookie: str, end: float, took: list[float], kinds: Counter[str]) -> None:
    while time.monotonic() < end:
        began = time.monotonic()
        status, wait = await _asked(port, path, cookie)
        kinds[status if status != "503" or wait else "503 without Retry-After"] += 1
        if status == "200":
            took.append(time.monotonic() - began)
        await asyncio.sleep(1.0 if status == "503" else 0)  # whoever is turned away does not ask at once


async def _look(port: int, end: float, kinds: Counter[str]) -> None:
    while time.monotonic() < end:
        began = time.monotonic()
        status, _ = await _asked(port, "/gezond/leeft/", "")
        slow = " slow" if time.monotonic() - began > 5 else ""
        kinds[f"health {status}{slow}"] += 1
        await asyncio.sleep(0.1)


async def _asked(port: int, path: str, cookie: str) -> tuple[str, bool]:
    """The status and whether it said when to come back; the name of the error when there was no answer."""
    told = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(told.encode())
            answer = await reader.read(-1)
            writer.close()
    except (OSError, TimeoutError) as error:
        return type(error).__name__, False
    head = answer.partition(b"\r\n\r\n")[0]
    return (head.split(b" ", 2)[1].decode(), b"retry-after" in head.lower()) if answer else ("nothing", False)


if __name__ == "__main__":
    port, path, cookie, readers, seconds, *more = sys.argv[1:]
    print(json.dumps(asyncio.run(main(int(port), path, cookie, int(readers), float(seconds), health=bool(more)))))

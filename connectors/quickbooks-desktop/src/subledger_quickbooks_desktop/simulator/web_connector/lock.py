"""The update lock: one application at a time per computer."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path


class UpdateLock:
    """Shared by the Web Connectors of one computer; with a path, by its processes too.

    The file lock is the operating system's, so it goes when its process dies. Processes ask for
    it again every `poll` seconds.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        poll: float = 0.2,
    ) -> None:
        self._path = path
        self._sleep = sleep
        self._poll = poll
        self._inside = asyncio.Lock()
        self._descriptor: int | None = None

    @property
    def locked(self) -> bool:
        """Whether an update of this process holds the lock."""
        return self._inside.locked()

    async def acquire(self) -> None:
        """Wait until no other application updates."""
        await self._inside.acquire()
        if self._path is None:
            return
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            while not _lock(self._descriptor):
                await self._sleep(self._poll)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let the next application update."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
        self._inside.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

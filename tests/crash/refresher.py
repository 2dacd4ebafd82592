"""A process of its own that wants a newer access token several times at once.

Arguments: the configuration file, how many at once. It says "ready", waits for a line, renews, and
prints the access tokens that it got as a JSON list, on a line of its own at the end.
"""

import asyncio
import json
import sys
from pathlib import Path

from subledger.cli.opening import open_kernel
from subledger.config import load_settings
from subledger_quickbooks_online.tokens import Tokens


async def renewed(path, many):
    """The access tokens that so many callers got at once."""
    settings = load_settings(path)
    async with open_kernel(settings) as kernel:
        context = kernel.context("books")
        config = settings.connections["books"].config
        stale = await context.vault.grant()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        callers = [Tokens(config, context).renew(stale) for _ in range(many)]
        return [grant.access.reveal() for grant in await asyncio.gather(*callers)]


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(asyncio.run(renewed(Path(sys.argv[1]), int(sys.argv[2])))))

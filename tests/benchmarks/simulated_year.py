"""Serves a simulated Syncro account and QuickBooks company for a process that is measured.

Prints Syncro's port; each line of standard input is answered with the port of QuickBooks and the
tokens of somebody who has just agreed, as JSON. It ends with its standard input.
"""

import argparse
import asyncio
import json
import sys
from urllib.parse import urlsplit

import year

from subledger_quickbooks_online.simulator.server import serving as serving_online
from subledger_syncro.simulator.server import serving as serving_syncro


async def main() -> None:
    """Serves until the standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000)
    given = parser.parse_args()
    books = year.company(lambda: year.START, limited=False)
    account = year.account(given.invoices, lambda: year.START, limited=False)
    async with serving_syncro(account) as source, serving_online(books) as online:
        print(urlsplit(source).port, flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            told = {
                "port": urlsplit(online).port,
                "grant": books.connect(),
                "realm": books.chosen_realm,
            }
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

"""Fails while the bot does not answer, or has lost its ledger.

A new task is given the database's present password, so replacing the container is what mends a
password that was rotated. Slack being out of reach is no reason: a new container would not help.
"""

import json
import os
import sys
import urllib.error
import urllib.request

try:
    urllib.request.urlopen(f"http://127.0.0.1:{os.environ['HTTP_PORT']}/readyz", timeout=8)
except urllib.error.HTTPError as answer:
    sys.exit("ledger" in json.load(answer)["out of reach"])

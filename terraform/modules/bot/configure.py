"""Writes the configuration that Terraform hands over, and an allowlist where there is none."""

import base64
import gzip
import json
import os
from pathlib import Path

folder = Path(os.environ.get("CONFIGURATION_FOLDER", "/etc/compliance-bot"))
files = json.loads(gzip.decompress(base64.b64decode(os.environ["CONFIGURATION"])))
for name, text in files.items():
    (folder / name).write_text(text, encoding="utf-8")

allowlist = Path(os.environ.get("DATA_FOLDER", "/data")) / "allowlist.yaml"
if not allowlist.exists():
    allowlist.write_text("exceptions: []\n", encoding="utf-8")

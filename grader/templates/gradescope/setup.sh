#!/usr/bin/env bash
# Runs once, when Gradescope builds the image. Made by `wiregrade init gradescope`.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv bubblewrap
python3 -m venv /opt/wiregrade
/opt/wiregrade/bin/pip install --quiet "wiregrade==@VERSION@"

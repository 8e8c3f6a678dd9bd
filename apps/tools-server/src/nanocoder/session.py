"""Runs nanocoder inside the sandbox: its configuration, its way to the models, the program, and what it leaves behind."""
import json
import os
import shutil
import subprocess
import sys

HOME = "/tmp/nanocoder"
PROVIDER, MODEL = "tandem", "default"

# Its models are behind a Unix socket, for there is no network; everything else that it tries fails as without one.
PRELOAD = """
const net = require('node:net')
const connect = net.connect
const isModels = (options) => options !== null && typeof options === 'object' && options.host === 'models'
net.connect = net.createConnection = (...args) =>
  isModels(args[0]) ? connect({ path: '/run/models.sock' }, args[1]) : connect(...args)
"""


def write(name, content):
    path = os.path.join(HOME, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def main(program, instruction):
    os.makedirs(HOME, exist_ok=True)
    tools = ["execute_bash", "delete_file", "move_file", "write_file", "string_replace"]
    provider = {"name": PROVIDER, "baseUrl": "http://models/v1", "apiKey": "none", "models": [MODEL]}
    write("agents.config.json", {"nanocoder": {
        "providers": [provider],
        "alwaysAllow": tools,
        "nanocoderTools": {"alwaysAllow": tools},
    }})
    write("nanocoder-preferences.json", {"trustedDirectories": ["/workspace"]})
    preload = write("preload.cjs", PRELOAD)
    command = [
        "/run/node", "--max-old-space-size=400", "--require", preload, "/run/nanocoder/node_modules/" + program,
        "--provider", PROVIDER, "--model", MODEL, "run", instruction,
    ]
    environment = {
        **os.environ,
        "HOME": HOME,
        "TERM": "dumb",
        "CI": "1",
        "NO_COLOR": "1",
        "NANOCODER_CONFIG_DIR": HOME,
        "NANOCODER_DATA_DIR": HOME,
        "NANOCODER_LOG_DISABLE_FILE": "true",
    }
    done = subprocess.run(command, cwd="/workspace", env=environment, stdin=subprocess.DEVNULL)
    shutil.rmtree("/workspace/.nanocoder", ignore_errors=True)
    sys.exit(done.returncode)

"""Serves one GGUF model over llama.cpp's own HTTP server; prints the port when ready, ends when stdin closes.

usage: llama-server.py MODEL.gguf ALIAS N_CTX
"""

import json
import os
import sys

import xllamacpp


def main(path: str, alias: str, n_ctx: int) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {alias}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = n_ctx
    params.n_parallel = 1
    # More threads than idle cores make it crawl.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.use_jinja = True
    # Without shifting, a prompt that does not fit is an error instead of being cut.
    params.ctx_shift = False
    params.warmup = False
    server = xllamacpp.Server(params)
    print(json.dumps({"address": server.listening_address}), flush=True)
    sys.stdin.read()
    # The native threads have nothing to save, and joining them can take seconds.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

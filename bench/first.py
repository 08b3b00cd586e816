# SPDX-License-Identifier: Apache-2.0
"""first.py PATTERN COMMAND...: how many milliseconds after its start COMMAND prints
a line with PATTERN, while something connects over loopback every few milliseconds:
a tracer of the whole machine has something to show from its first moment on."""

import socket
import subprocess
import sys
import threading
import time


def connect(server, stop):
    while not stop.wait(0.005):
        socket.create_connection(server.getsockname()).close()
        server.accept()[0].close()


def main():
    pattern = sys.argv[1].encode()
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()
    client = threading.Thread(target=connect, args=(server, stop), daemon=True)
    client.start()
    start = time.monotonic()
    command = subprocess.Popen(
        sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    )
    seen = b""
    while pattern not in seen:
        more = command.stdout.read(4096)
        if not more:
            sys.exit("%s: no line with %s: %s" % (sys.argv[2], sys.argv[1], seen))
        seen += more
    print("%.3f" % ((time.monotonic() - start) * 1e3))
    stop.set()
    client.join()
    command.terminate()
    command.communicate()


main()

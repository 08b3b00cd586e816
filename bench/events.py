# SPDX-License-Identifier: Apache-2.0
"""What a tracer shows, and when.

first COMMAND...: prints how many milliseconds after its start COMMAND, which runs what
it traces, shows its first line.

beside TRACER... -- COMMAND...: starts TRACER, which traces the whole machine, and, once
it shows something, COMMAND. Prints how many milliseconds after its start TRACER showed
its first line, what COMMAND printed in its first line, and how many lines TRACER showed
for it.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time


def milliseconds_since(start):
    return "%.1f" % ((time.monotonic() - start) * 1e3)


def first(command):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    process.stderr.readline()
    print(milliseconds_since(start))
    process.stderr.read()


def connect(server, stop):
    """Gives a tracer of the whole machine something to show from its first moment on."""
    while not stop.wait(0.005):
        socket.create_connection(server.getsockname()).close()
        server.accept()[0].close()


def beside(tracer, command):
    server = socket.create_server(("127.0.0.1", 0))
    port = str(server.getsockname()[1]).encode()
    stop = threading.Event()
    client = threading.Thread(target=connect, args=(server, stop))
    client.start()
    start = time.monotonic()
    # Through a file, as tcpw's lines go through one: a slow reader would lose events.
    output = open("/tmp/tracer", "w+b")
    process = subprocess.Popen(tracer, stdout=output, stderr=subprocess.STDOUT)
    while port not in shown():
        if process.poll() is not None:
            stop.set()
            sys.exit("%s: %s" % (tracer[0], shown().decode()))
        time.sleep(0.005)
    begun = milliseconds_since(start)
    stop.set()
    client.join()
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split(b"\n")[0]
    size = -1
    while size != len(shown()):
        size = len(shown())
        time.sleep(1)
    process.send_signal(signal.SIGINT)
    process.wait()
    name = os.path.basename(command[0]).encode()
    lines = sum(1 for line in shown().split(b"\n") if name in line)
    print(begun, printed.decode(), lines)


def shown():
    with open("/tmp/tracer", "rb") as output:
        return output.read()


words = sys.argv[2:]
if sys.argv[1] == "first":
    first(words)
else:
    dashes = words.index("--")
    beside(words[:dashes], words[dashes + 1 :])

# SPDX-License-Identifier: Apache-2.0
# The command that the AOT cache is trained on: sockets of every kind that tcpw prints.
python3 - <<'PYTHON' || true
import socket
for family, address in (
    (socket.AF_INET, ("127.0.0.1", 0)),
    (socket.AF_INET6, ("::1", 0)),
    (socket.AF_UNIX, b"\0tcpw-training"),
):
    try:
        with socket.socket(family) as server, socket.socket(family) as client:
            server.bind(address)
            server.listen()
            client.connect(server.getsockname())
            server.accept()[0].close()
    except OSError:
        pass
with socket.socket() as refused, socket.socket() as reserved:
    reserved.bind(("127.0.0.1", 0))
    try:
        refused.connect(reserved.getsockname())
    except OSError:
        pass
PYTHON
# Outlives the command, so that ptrace always has something to leave to another tracer.
sleep 2 &

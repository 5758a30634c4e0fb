"""Attempts to leave the sandbox; each prints "done" where it had its effect."""

UNIX_SOCKET = """
import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.send(b"hello"); print("done")
"""
TCP = """
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 2); s.send(b"hello"); print("done")
"""
UDP = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b"hello", (sys.argv[1], int(sys.argv[2]))); print("done")
"""
WRITE = """
import sys
open(sys.argv[1], "w").write("gotcha"); print("done")
"""
CHMOD = """
import os, sys
os.chmod(sys.argv[1], 0); print("done")
"""
TRUNCATE = """
import os, sys
os.truncate(sys.argv[1], 0); print("done")
"""
UNLINK = """
import os, sys
os.unlink(sys.argv[1]); print("done")
"""
SYMLINK = """
import os, sys
os.symlink(sys.argv[1], "/tmp/link"); print(open("/tmp/link").read()); print("done")
"""
HARD_LINK = """
import os, sys
os.link(sys.argv[1], "/tmp/link"); print(open("/tmp/link").read()); print("done")
"""
OF_FIRST = """
import sys
print(open("/proc/1/root" + sys.argv[1]).read()); print("done")
"""
ENVIRONMENT_OF_FIRST = """
print(open("/proc/1/environ").read()); print("done")
"""
KILL = """
import os, sys
os.kill(int(sys.argv[1]), 9); print("done")
"""
KILL_ALL = """
import os
os.kill(-1, 9); print("done")
"""
PTRACE = """
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    import time; time.sleep(5); os._exit(0)
for pid in (1, child, os.getppid()):
    if l.ptrace(16, pid, 0, 0) == 0: print("done")
os.kill(child, 9)
"""
KEYS = """
import ctypes
l = ctypes.CDLL(None, use_errno=True)
if l.syscall(248, b"user", b"name", b"secret", 6, -3) >= 0: print("done")
if l.syscall(250, 0, -3, 1) >= 0: print("done")
"""
NAMESPACES = """
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
if l.unshare(0x10000000) == 0: print("done")
if l.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) == 0: print("done", flush=True); os._exit(0)
"""
MOUNT = """
import ctypes
l = ctypes.CDLL(None, use_errno=True)
if l.mount(b"tmpfs", b"/usr", b"tmpfs", 0, None) == 0: print("done")
if l.mount(b"none", b"/", b"none", 0x1020, None) == 0: print("done")
"""
IO_URING = """
import ctypes
l = ctypes.CDLL(None, use_errno=True)
if l.syscall(425, 8, ctypes.create_string_buffer(120)) >= 0: print("done")
"""
OTHER_SOCKETS = """
import socket
for family in (socket.AF_NETLINK, socket.AF_PACKET, getattr(socket, "AF_VSOCK", 40), 38):
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_STREAM, 5):
        try:
            socket.socket(family, kind); print("done")
        except OSError:
            continue
"""
THIRTY_TWO_BIT = """
import ctypes, mmap
# socket(AF_UNIX, SOCK_STREAM) by the interface of 32-bit programs, whose numbers are others
code = bytes.fromhex("b867010000bb01000000b901000000ba00000000cd80c3")
page = mmap.mmap(-1, 4096, prot=7); page.write(code)
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
if run() >= 0: print("done")
"""
OPEN_DESCRIPTORS = """
import os
for fd in range(3, 256):
    try:
        print(fd, os.readlink(f"/proc/self/fd/{fd}")); os.fstat(fd); print("done")
    except OSError:
        continue
"""
FORK_BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
MEMORY_BOMB = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        break
held = []
while True:
    held.append(b"x" * 8_000_000); time.sleep(0.001)
"""
DISK_BOMB = """
n = 0
while True:
    with open(f"/tmp/f{n}", "wb") as f:
        for _ in range(64):
            f.write(b"x" * 1_000_000)
    n += 1
"""
DAEMON = """
import os, sys, time
if os.fork():
    sys.exit()
os.setsid()
if os.fork():
    os._exit(0)
time.sleep(float(sys.argv[1])); os._exit(0)
"""

#!/usr/bin/python3
"""Many RTSP cameras in one process, as cheap as they can be: they play one encoded clip in a loop, in real time.

    bench/lib/rtsp-cameras.py CLIP [--port 0] [--rate 25] [--groups 8]

CLIP is H.264 in Annex B form with an access unit delimiter before each picture, without B-frames; it begins with a key frame. Every path
/cameraN is a camera. Cameras whose numbers have the same rest when divided by --groups share one payloader, so a frame costs one write
for each client; groups send at different times, as cameras do, and their key frames are apart.

Prints "ready PORT" when it accepts connections, and ends with its standard input.
"""
import argparse
import contextlib
import resource
import socket
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: E402, F401

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("clip")
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--address", default="127.0.0.1")
arguments.add_argument("--rate", type=int, default=25)
arguments.add_argument("--groups", type=int, default=8)
options = arguments.parse_args()

# Each client is a connection; with UDP there are sockets beside it.
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
Gst.init(None)

# The delimiters (four bytes, a type, a value) only tell where a picture begins: cameras seldom send them.
DELIMITER = b"\0\0\0\1\x09"
with open(options.clip, "rb") as file:
    pictures = [Gst.Buffer.new_wrapped(rest[1:]) for rest in file.read().split(DELIMITER)[1:]]

SECONDS_BETWEEN_KEY_FRAMES = 2
sources = {}
pushed = [0] * options.groups
began = time.monotonic()


def play():
    """Each group sends at its own place between two pictures. The memory of a picture is shared, only the buffer around it is new."""
    slots = options.rate * options.groups
    slot = 0
    while True:
        time.sleep(max(0, began + slot / slots - time.monotonic()))
        group = slot % options.groups
        if group in sources:
            picture = pictures[pushed[group] % len(pictures)].copy()
            # One of the round before may have its time still.
            picture.pts = picture.dts = Gst.CLOCK_TIME_NONE
            sources[group].emit("push-buffer", picture)
            pushed[group] += 1
        slot += 1


def ask(connection, method, uri, number, *headers):
    connection.sendall("\r\n".join([f"{method} {uri} RTSP/1.0", f"CSeq: {number}", *headers, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    return answer.decode(errors="replace")


def watch(port):
    """Cameras run whether or not anybody looks: one viewer for each group, the key frames of which come a while after the ones before."""
    viewers = []
    for group in range(options.groups):
        time.sleep(SECONDS_BETWEEN_KEY_FRAMES / options.groups)
        viewer = socket.create_connection((options.address, port))
        uri = f"rtsp://{options.address}:{port}/camera{group}"
        ask(viewer, "DESCRIBE", uri, 1)
        answer = ask(viewer, "SETUP", uri + "/stream=0", 2, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        session = answer.split("Session:")[1].split(";")[0].strip()
        ask(viewer, "PLAY", uri, 3, f"Session: {session}")
        viewer.setblocking(False)
        viewers.append(viewer)
    print(f"ready {port}", flush=True)
    space = bytearray(1 << 20)
    while True:
        time.sleep(0.2)
        for viewer in viewers:
            with contextlib.suppress(BlockingIOError):
                viewer.recv_into(space)


def end():
    sys.stdin.read()
    GLib.idle_add(loop.quit)


class Cameras(GstRtspServer.RTSPMediaFactory):
    """One factory for the cameras of one group."""

    def __init__(self, group):
        super().__init__()
        self.group = group
        self.set_shared(True)
        self.set_latency(0)
        self.set_launch(
            "( appsrc name=source is-live=true do-timestamp=true format=time max-bytes=0 "
            f"caps=video/x-h264,stream-format=byte-stream,alignment=au,framerate={options.rate}/1 "
            "! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )")
        self.connect("media-configure", self.configure)

    def do_gen_key(self, url):
        """All paths of the group are one media."""
        return f"group{self.group}"

    def configure(self, _, media):
        sources[self.group] = media.get_element().get_by_name("source")


class Mounts(GstRtspServer.RTSPMountPoints):
    """/camera0, /camera1, … without end."""

    def __init__(self):
        super().__init__()
        factories = [Cameras(group) for group in range(options.groups)]
        for number in range(4096):
            self.add_factory(f"/camera{number}", factories[number % options.groups])


loop = GLib.MainLoop()
server = GstRtspServer.RTSPServer()
server.set_address(options.address)
server.set_service(str(options.port))
server.set_backlog(1024)
server.set_mount_points(Mounts())
if server.attach(None) == 0:
    raise SystemExit(f"cannot listen on port {options.port}")
threading.Thread(target=play, daemon=True).start()
threading.Thread(target=watch, args=[server.get_bound_port()], daemon=True).start()
threading.Thread(target=end, daemon=True).start()
loop.run()

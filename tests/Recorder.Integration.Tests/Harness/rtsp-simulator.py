#!/usr/bin/python3
"""A camera for tests: serves one stream over RTSP and keeps a copy of every encoded frame that it sends.

--codec h264|h265   a live test picture and tone, encoded as a camera does
--file PATH         an MP4 file with H.264 or H.265 and AAC, sent once, from its beginning, to each client
--copy PREFIX       writes PREFIX-1.h264 and PREFIX-1.aac (then -2, …): the elementary streams as sent
--connections 1     refuses a second client while one is connected, as many cameras do (453)
--evict             serves one client, too, but the latest one: it ends the connection of the one before
--log PATH          writes a line for each connection: its time in seconds, begin, end, evicted or refused, and the client's number

Prints "ready PORT" when it accepts connections.
"""
import argparse
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int, required=True)
arguments.add_argument("--address", default="127.0.0.1")
arguments.add_argument("--codec", default="h264")
arguments.add_argument("--file")
arguments.add_argument("--copy")
arguments.add_argument("--user")
arguments.add_argument("--password")
arguments.add_argument("--no-audio", action="store_true")
arguments.add_argument("--connections", type=int, default=0)
arguments.add_argument("--evict", action="store_true")
arguments.add_argument("--log")
options = arguments.parse_args()

Gst.init(None)
codec = options.codec

if options.file:
    video = f'filesrc location="{options.file}" ! qtdemux name=d d.video_0 ! queue ! {codec}parse'
    audio = "d.audio_0 ! queue ! aacparse"
else:
    encoder = {
        "h264": "x264enc tune=zerolatency threads=1 speed-preset=ultrafast key-int-max=25 bitrate=400",
        "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=400",
    }[codec]
    video = (
        "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! "
        f"{encoder} ! {codec}parse"
    )
    audio = "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=48000,channels=2 ! voaacenc bitrate=64000 ! aacparse"


frames = f"video/x-{codec},stream-format=byte-stream,alignment=au"
launch = f"{video} ! {frames} ! rtp{codec}pay name=pay0 pt=96 config-interval=-1"
if not options.no_audio:
    launch += f" {audio} ! audio/mpeg,stream-format=raw ! rtpmp4gpay name=pay1 pt=97"

served = 0


def adts(data):
    """The header that makes a raw AAC-LC frame (48 kHz, stereo) part of an .aac file."""
    length = len(data) + 7
    return bytes([0xFF, 0xF1, 0x4C, 0x80 | length >> 11, length >> 3 & 0xFF, (length & 7) << 5 | 0x1F, 0xFC]) + data


def copy(element, extension, wrap):
    file = open(f"{options.copy}-{served}.{extension}", "wb", buffering=0)

    def write(_, info):
        buffer = info.get_buffer()
        file.write(wrap(buffer.extract_dup(0, buffer.get_size())))
        return Gst.PadProbeReturn.OK

    element.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, write)


def live(element):
    """Clients ask for the beginning. A server that can seek does so in the picture that all share, which then stands still now and then."""

    def answer(_, info):
        return Gst.PadProbeReturn.DROP if info.get_query().type == Gst.QueryType.SEEKING else Gst.PadProbeReturn.OK

    element.get_static_pad("sink").add_probe(Gst.PadProbeType.QUERY_UPSTREAM, answer)


def configure(_, media):
    global served
    served += 1
    for name in [] if options.file else ["pay0"] if options.no_audio else ["pay0", "pay1"]:
        live(media.get_element().get_by_name(name))
    if options.copy:
        copy(media.get_element().get_by_name("pay0"), codec, lambda data: data)
        if not options.no_audio:
            copy(media.get_element().get_by_name("pay1"), "aac", adts)



class Camera(GstRtspServer.RTSPMediaFactory):
    def do_gen_key(self, url):
        """One picture, on whichever port it is asked for."""
        return "camera"


factory = Camera()
factory.set_launch(f"( {launch} )")
factory.set_shared(not options.file)
factory.connect("media-configure", configure)

auth = None
if options.user:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)

mounts = GstRtspServer.RTSPMountPoints()
mounts.add_factory("/stream", factory)
servers = []
log = open(options.log, "a", buffering=1) if options.log else None
clients = {}
connected = []
known = 0


def note(what, client):
    if log:
        log.write(f"{time.time():.3f} {what} {clients[client]}\n")


def end(client, what="end"):
    if client in connected:
        connected.remove(client)
        note(what, client)


def setup(client, _):
    """A client that asks for a track is one that wants to be sent media; it asks once for each track."""
    if client in connected:
        return GstRtsp.RTSPStatusCode.OK
    if options.connections and len(connected) >= options.connections:
        note("refused", client)
        return GstRtsp.RTSPStatusCode.NOT_ENOUGH_BANDWIDTH
    if options.evict:
        for other in list(connected):
            end(other, "evicted")
            other.close()
    connected.append(client)
    note("begin", client)
    return GstRtsp.RTSPStatusCode.OK


def accept(_, client):
    global known
    known += 1
    clients[client] = known
    client.connect("pre-setup-request", setup)
    client.connect("teardown-request", lambda client, _: end(client))
    client.connect("closed", end)


def serve(port, address="127.0.0.1"):
    server = GstRtspServer.RTSPServer()
    server.set_address(address)
    server.set_service(str(port))
    server.set_mount_points(mounts)
    if auth:
        server.set_auth(auth)
    if server.attach(None) == 0:
        print(f"cannot listen on port {port}", file=sys.stderr)
        sys.exit(1)
    servers.append(server)
    if port:
        server.connect("client-connected", accept)
    return server.get_bound_port()


def ready():
    serve(options.port, options.address)
    print(f"ready {options.port}", flush=True)
    return False


if options.file:
    ready()
else:
    # A camera runs whether or not anybody looks: a first client, on a port of its own, starts it and keeps it running; whoever comes
    # to the camera's port joins in the middle.
    user = f"user-id={options.user} user-pw={options.password}" if options.user else ""
    viewer = Gst.parse_launch(
        f"rtspsrc protocols=tcp latency=0 location=rtsp://127.0.0.1:{serve(0)}/stream {user} ! fakesink name=sink"
    )
    seen = 0

    def count(_, __):
        global seen
        seen += 1
        if seen == 20:
            GLib.idle_add(ready)
            return Gst.PadProbeReturn.REMOVE
        return Gst.PadProbeReturn.OK

    viewer.get_by_name("sink").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
    viewer.set_state(Gst.State.PLAYING)

GLib.MainLoop().run()

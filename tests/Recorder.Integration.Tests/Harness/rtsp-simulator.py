#!/usr/bin/python3
"""A camera for tests: serves one stream over RTSP and keeps a copy of every encoded frame that it sends.

--codec h264|h265   a live test picture and tone, encoded as a camera does
--file PATH         an MP4 file with H.264 or H.265 and AAC, sent once, from its beginning, to each client
--copy PREFIX       writes PREFIX-1.h264 and PREFIX-1.aac (then -2, …): the elementary streams as sent
--connections 1     refuses a second client while one is connected, as many cameras do (453)
--evict             serves one client, too, but the latest one: it ends the connection of the one before
--log PATH          writes a line for each connection: its time in seconds, begin, end, evicted or refused, and the client's number
--payload NAME      one live track instead: h264, h265, mjpeg, aac, latm, pcma, pcmu, g726, l16 or opus. With --copy it writes
                    PREFIX-1.frames: each frame as it came to the payloader, after its length in four bytes, the highest first
                    PREFIX-1.times: a line for each frame: its pts in nanoseconds, and the wall clock of its capture in seconds
--netsim LIST       a bad network behind the payloader: drop=0.05,duplicate=0.02,reorder=0.05 are probabilities for each packet. One that is
                    reordered leaves after one to three others. With --seed N the same packets suffer in each run
--packets           writes PREFIX-1.packets (of a second track PREFIX-1.packets1), as --payload and --netsim do: a line for each RTP packet
                    in the order of leaving: sequence number, timestamp, marker, and sent, dropped, duplicate or late (reordered)
--on-demand         a live camera that begins with the first client, which sees its first packet, and ends with the last
--seqnum-offset N   the first sequence number
--timestamp-offset N  the RTP timestamp of the beginning
--tcp-only, --udp-only, --multicast   the only way in which the camera sends; multicast is live, from before the first client on

Prints "ready PORT" when it accepts connections.
"""
import argparse
import os
import random
import socket
import struct
import sys
import threading
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
arguments.add_argument("--payload")
arguments.add_argument("--netsim", default="")
arguments.add_argument("--seed", type=int, default=1)
arguments.add_argument("--packets", action="store_true")
arguments.add_argument("--on-demand", action="store_true")
arguments.add_argument("--seqnum-offset", type=int)
arguments.add_argument("--timestamp-offset", type=int)
arguments.add_argument("--tcp-only", action="store_true")
arguments.add_argument("--udp-only", action="store_true")
arguments.add_argument("--multicast", action="store_true")
options = arguments.parse_args()

Gst.init(None)
codec = options.codec

ENCODERS = {
    "h264": "x264enc tune=zerolatency threads=1 speed-preset=ultrafast key-int-max=25 bitrate=400",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=400",
}
PICTURE = "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1"

# The numbers of a packet's beginning. Random ones, as RFC 3550 has them, without the options.
numbers = "".join(
    f" {name}={value}"
    for name, value in [("seqnum-offset", options.seqnum_offset), ("timestamp-offset", options.timestamp_offset)] if value is not None)


def sound(rate, channels, samples):
    """Noise: no two frames are alike."""
    return (
        f"audiotestsrc is-live=true wave=pink-noise volume=0.3 samplesperbuffer={samples} ! audioconvert ! audioresample ! "
        f"audio/x-raw,rate={rate},channels={channels}"
    )


def coded(name):
    """Each key frame comes with its parameter sets, once, and each start code has four bytes: a frame put together is the one in the copy."""
    frames = f"video/x-{name},stream-format=byte-stream,alignment=au"
    lengths = f"video/x-{name},stream-format={'avc' if name == 'h264' else 'hvc1'},alignment=au"
    return (
        f"{PICTURE} ! {ENCODERS[name]} ! {frames} ! {name}parse ! {lengths} ! {name}parse config-interval=-1 ! {frames} ! "
        f"rtp{name}pay config-interval=0 pt=96"
    )


# One packet holds one frame of 20 ms (L16: 5 ms, which fits into it).
WHOLE = "min-ptime=20000000 max-ptime=20000000"
PAYLOADS = {
    "h264": coded("h264"),
    "h265": coded("h265"),
    "mjpeg": f"{PICTURE} ! jpegenc ! rtpjpegpay pt=26",
    "aac": f"{sound(48000, 2, 1024)} ! voaacenc bitrate=64000 ! aacparse ! audio/mpeg,stream-format=raw ! rtpmp4gpay pt=97",
    "latm": f"{sound(48000, 2, 1024)} ! voaacenc bitrate=64000 ! aacparse ! audio/mpeg,stream-format=raw ! rtpmp4apay pt=97",
    "pcma": f"{sound(8000, 1, 160)} ! alawenc ! rtppcmapay {WHOLE} pt=8",
    "pcmu": f"{sound(8000, 1, 160)} ! mulawenc ! rtppcmupay {WHOLE} pt=0",
    "g726": f"{sound(8000, 1, 160)} ! avenc_g726 bitrate=32000 ! rtpg726pay {WHOLE} pt=97",
    "l16": f"{sound(48000, 2, 240)},format=S16BE ! rtpL16pay min-ptime=5000000 max-ptime=5000000 pt=97",
    "opus": f"{sound(48000, 2, 960)} ! opusenc bitrate=64000 ! rtpopuspay pt=97",
}

if options.payload:
    launch = f"{PAYLOADS[options.payload]} name=pay0{numbers}"
    tracks = ["pay0"]
else:
    if options.file:
        video = f'filesrc location="{options.file}" ! qtdemux name=d d.video_0 ! queue ! {codec}parse'
        audio = "d.audio_0 ! queue ! aacparse"
    else:
        video = f"{PICTURE} ! {ENCODERS[codec]} ! {codec}parse"
        audio = "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=48000,channels=2 ! voaacenc bitrate=64000 ! aacparse"

    frames = f"video/x-{codec},stream-format=byte-stream,alignment=au"
    launch = f"{video} ! {frames} ! rtp{codec}pay name=pay0 pt=96 config-interval=-1{numbers}"
    tracks = ["pay0"]
    if not options.no_audio:
        launch += f" {audio} ! audio/mpeg,stream-format=raw ! rtpmp4gpay name=pay1 pt=97{numbers}"
        tracks.append("pay1")

served = 0
networks = []


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


def wall_clock(element, time_of_frame):
    """The time of day in seconds at a running time of the pipeline. Read again when the process was interrupted between the clocks."""
    clock = element.get_clock()
    for _ in range(10):
        before, now, after = time.time_ns(), clock.get_time(), time.time_ns()
        if after - before < 100_000:
            break
    return ((before + after) // 2 - (now - element.get_base_time() - time_of_frame)) / 1e9


def buffers(info):
    packets = info.get_buffer_list() if info.type & Gst.PadProbeType.BUFFER_LIST else None
    return [packets.get(n) for n in range(packets.length())] if packets else [info.get_buffer()]


def copy_frames(element):
    frames = open(f"{options.copy}-{served}.frames", "wb", buffering=0)
    times = open(f"{options.copy}-{served}.times", "w", buffering=1)
    # The encoder of G.726 hands on a quarter of a second at a time: a frame is what a packet holds behind its header.
    place, header = ("src", 12) if options.payload == "g726" else ("sink", 0)

    def write(pad, info):
        segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
        for buffer in buffers(info):
            data = buffer.extract_dup(header, buffer.get_size() - header)
            captured = wall_clock(element, segment.to_running_time(Gst.Format.TIME, buffer.pts))
            frames.write(struct.pack(">I", len(data)) + data)
            times.write(f"{buffer.pts} {captured:.6f}\n")
        return Gst.PadProbeReturn.OK

    element.get_static_pad(place).add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, write)


class Network:
    """What becomes of the packets of one track behind the payloader. Here and not on the wire, so that it is the same with TCP."""

    def __init__(self, element, extension):
        wanted = dict(part.split("=") for part in options.netsim.split(",") if part)
        self.drop, self.duplicate, self.reorder = (float(wanted.pop(name, 0)) for name in ("drop", "duplicate", "reorder"))
        if wanted:
            sys.exit(f"--netsim knows no {', '.join(wanted)}")
        self.random = random.Random(f"{options.seed} {extension}")
        self.held = []
        self.log = open(f"{options.copy}-{served}.{extension}", "w", buffering=1) if options.copy else None
        element.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, self.pass_on)

    def pass_on(self, pad, info):
        """Pushes what leaves itself, past this probe, in place of what came."""
        came = buffers(info)
        if not options.netsim:
            for packet in came:
                self.note(packet, "sent")
            return Gst.PadProbeReturn.OK
        peer = pad.get_peer()
        for packet in came:
            self.fate(peer, packet.copy())
        return Gst.PadProbeReturn.DROP

    def fate(self, peer, packet):
        chance = self.random.random()
        if chance < self.drop:
            self.note(packet, "dropped")
            return
        if chance < self.drop + self.reorder:
            self.held.append([self.random.randint(1, 3), packet])
            return
        self.leave(peer, packet, "sent")
        if chance < self.drop + self.reorder + self.duplicate:
            self.leave(peer, packet, "duplicate")
        for waiting in self.held:
            waiting[0] -= 1
        due, self.held = [w for w in self.held if w[0] <= 0], [w for w in self.held if w[0] > 0]
        for _, late in due:
            self.leave(peer, late, "late")

    def leave(self, peer, packet, how):
        self.note(packet, how)
        peer.chain(packet.copy())

    def note(self, packet, what):
        if self.log:
            _, marker, sequence, timestamp = struct.unpack(">BBHI", packet.extract_dup(0, 8))
            self.log.write(f"{sequence} {timestamp} {marker >> 7} {what}\n")


def live(element):
    """Clients ask for the beginning. A server that can seek does so in the picture that all share, which then stands still now and then."""

    def answer(_, info):
        return Gst.PadProbeReturn.DROP if info.get_query().type == Gst.QueryType.SEEKING else Gst.PadProbeReturn.OK

    element.get_static_pad("sink").add_probe(Gst.PadProbeType.QUERY_UPSTREAM, answer)


def configure(_, media):
    global served
    served += 1
    elements = [media.get_element().get_by_name(name) for name in tracks]
    for element in [] if options.file else elements:
        live(element)
    if options.payload and options.copy:
        copy_frames(elements[0])
    elif options.copy:
        copy(elements[0], codec, lambda data: data)
        if not options.no_audio:
            copy(elements[1], "aac", adts)
    if options.netsim or options.copy and (options.payload or options.packets):
        networks.append([Network(element, extension) for element, extension in zip(elements, ["packets", "packets1"])])


class Media(GstRtspServer.RTSPMedia):
    def do_setup_rtpbin(self, rtpbin):
        """Sender reports tell when a frame was captured, not when it is shown."""
        rtpbin.set_property("rtcp-sync-send-time", False)
        return True


class Camera(GstRtspServer.RTSPMediaFactory):
    def do_gen_key(self, url):
        """One picture, on whichever port it is asked for."""
        return "camera"


factory = Camera()
factory.set_launch(f"( {launch} )")
factory.set_shared(not options.file)
if options.payload:
    factory.set_media_gtype(Media.__gtype__)
protocols = GstRtsp.RTSPLowerTrans
if options.tcp_only:
    factory.set_protocols(protocols.TCP)
if options.udp_only:
    factory.set_protocols(protocols.UDP)
if options.multicast:
    factory.set_protocols(protocols.UDP_MCAST)
    pool = GstRtspServer.RTSPAddressPool()
    pool.add_range("239.255.77.1", "239.255.77.254", 20000, 29999, 1)
    factory.set_address_pool(pool)
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


def share_ports():
    """The server takes the ports of its group for itself and sends to other machines only; the clients are on this one."""
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            shared = socket.socket(fileno=os.dup(int(descriptor)))
        except OSError:
            continue
        if shared.type == socket.SOCK_DGRAM and shared.family in (socket.AF_INET, socket.AF_INET6):
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared.family == socket.AF_INET:
                shared.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        shared.close()


def view_multicast(port):
    """A first client that only asks: its group gets the packets."""
    viewer = socket.create_connection(("127.0.0.1", port))
    uri = f"rtsp://127.0.0.1:{port}/stream"
    number, session = 0, None

    def ask(method, uri, *headers):
        nonlocal number
        number += 1
        lines = [f"{method} {uri} RTSP/1.0", f"CSeq: {number}", *headers, *([f"Session: {session}"] if session else []), "", ""]
        viewer.sendall("\r\n".join(lines).encode())
        return viewer.recv(65536).decode()

    ask("DESCRIBE", uri)
    for n in range(len(tracks)):
        answer = ask("SETUP", f"{uri}/stream={n}", "Transport: RTP/AVP;multicast")
        session = answer.split("Session:")[1].split(";")[0].strip()
    ask("PLAY", uri)
    share_ports()
    GLib.idle_add(ready)
    while True:
        time.sleep(15)
        ask("OPTIONS", uri)


if options.multicast:
    threading.Thread(target=view_multicast, args=[serve(0)], daemon=True).start()
elif options.file or options.on_demand:
    ready()
else:
    # A camera runs whether or not anybody looks: a first client, on a port of its own, starts it and keeps it running; whoever comes
    # to the camera's port joins in the middle.
    user = f"user-id={options.user} user-pw={options.password}" if options.user else ""
    viewer = Gst.parse_launch(
        f"rtspsrc protocols={'udp' if options.udp_only else 'tcp'} latency=0 location=rtsp://127.0.0.1:{serve(0)}/stream {user} ! fakesink name=sink"
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

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Browser.Tests.Field;

/// <summary>What a camera does for some seconds besides sending.</summary>
internal enum Misbehaviour
{
    None = 0,

    /// <summary>Closes the connection; whoever connects again is served.</summary>
    Disconnects,

    /// <summary>Sends nothing, for longer than a recorder waits.</summary>
    Freezes,

    /// <summary>Sends nothing for a while, then all at once.</summary>
    Stutters,

    /// <summary>Sets its picture to another size.</summary>
    Resizes,

    /// <summary>Sends other parameter sets of the same size with each key frame.</summary>
    FlapsParameters,

    /// <summary>Its sound falls silent.</summary>
    FallsSilent,

    /// <summary>Its timestamps jump ahead or back.</summary>
    JumpsInTime,

    /// <summary>Its sound's clock runs slow.</summary>
    DriftsInSound,

    /// <summary>Leaves frames out without a word.</summary>
    SkipsFrames,

    /// <summary>Sends no key frame for long.</summary>
    SendsLongGroups,
}

/// <summary>A frame that was sent.</summary>
/// <param name="Number">Its number in the picture.</param>
/// <param name="At">When.</param>
/// <param name="Doing">What the camera did then.</param>
internal sealed record SentFrame(int Number, DateTimeOffset At, Misbehaviour Doing);

/// <summary>A stretch of a camera's script.</summary>
internal readonly record struct Stretch(Misbehaviour Doing, TimeSpan Length);

/// <summary>
/// An RTSP camera (RTP over TCP) that follows a script of misbehaviour: H.264 with its frames numbered, and G.711. Its clock goes on
/// whether or not anybody looks.
/// </summary>
internal sealed class FieldCamera : IAsyncDisposable
{
    private const int FramesASecond = 25;
    private const int LargestPayload = 1400;
    private const int SoundBytes = 320;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentQueue<SentFrame> _sent = new();
    private readonly IReadOnlyList<FieldClip> _clips;
    private readonly IReadOnlyList<Stretch> _script;
    private readonly bool _speaksFirst;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Task _serving;
    private uint _clockShift;
    private int _soundLag;
    private int _size;

    /// <param name="clips">Of one size twice, with other parameter sets, and of another.</param>
    /// <param name="script">What it does, one after the other; then it behaves.</param>
    /// <param name="speaksFirst">Whether it has sound from the beginning.</param>
    public FieldCamera(IReadOnlyList<FieldClip> clips, IReadOnlyList<Stretch> script, bool speaksFirst)
    {
        (_clips, _script, _speaksFirst) = (clips, script, speaksFirst);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"rtsp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/camera";

    /// <summary>What was sent so far.</summary>
    public IReadOnlyList<SentFrame> Sent => [.. _sent];

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_start);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _serving;
        _ending.Dispose();
    }

    private (Misbehaviour Doing, int Number) Now()
    {
        var left = Elapsed;
        for (var number = 0; number < _script.Count; number++)
        {
            if (left < _script[number].Length)
                return (_script[number].Doing, number);

            left -= _script[number].Length;
        }

        return (Misbehaviour.None, _script.Count);
    }

    private async Task ServeAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(sessions);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var closing = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token))
        {
            client.NoDelay = true;
            var stream = client.GetStream();
            var playing = Task.CompletedTask;
            try
            {
                var buffer = new byte[4096];
                var text = new StringBuilder();
                while (await stream.ReadAsync(buffer, closing.Token) is > 0 and var read)
                {
                    // What a player reports of itself between its requests begins with a dollar and is of no interest.
                    text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                    while (text.ToString() is var all && all.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
                    {
                        var request = all[..end];
                        text.Remove(0, end + 4);
                        var begin = request.LastIndexOf(" RTSP/1.0", StringComparison.Ordinal);
                        request = request[(request.LastIndexOfAny(['$', '\n'], Math.Max(begin, 0)) + 1)..];
                        await stream.WriteAsync(Answer(request), closing.Token);
                        if (request.StartsWith("PLAY", StringComparison.Ordinal))
                            playing = PlayAsync(stream, closing);
                    }
                }
            }
            catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
            {
            }

            await closing.CancelAsync();
            await playing;
        }
    }

    private byte[] Answer(string request)
    {
        var sequence = request.Split("\r\n").First(line => line.StartsWith("CSeq", StringComparison.OrdinalIgnoreCase));
        var method = request.Split(' ')[0];
        var (headers, body) = method switch
        {
            "DESCRIBE" => ($"Content-Base: {Url}/\r\nContent-Type: application/sdp\r\n", Description()),
            "OPTIONS" => ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n", ""),
            "SETUP" => ($"Session: 77;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved={(request.Contains("trackID=1", StringComparison.Ordinal) ? "2-3" : "0-1")}\r\n", ""),
            _ => ("Session: 77\r\n", ""),
        };
        return Encoding.ASCII.GetBytes($"RTSP/1.0 200 OK\r\n{sequence}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
    }

    private string Description()
    {
        var clip = _clips[_size];
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n" +
            "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets=" +
            $"{Convert.ToBase64String(clip.SequenceSet)},{Convert.ToBase64String(clip.PictureSet)}\r\na=control:trackID=0\r\n" +
            "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=1\r\n";
    }

    private async Task PlayAsync(NetworkStream stream, CancellationTokenSource closing)
    {
        var rtp = new RtpSender(stream);
        var held = new List<byte[]>();
        var (done, group, soundSent) = (-1, int.MaxValue, 0L);
        FieldClip? sending = null;
        var first = (int)(Elapsed.TotalSeconds * FramesASecond);
        try
        {
            for (var frame = first; ; frame++)
            {
                var due = TimeSpan.FromSeconds((double)frame / FramesASecond) - Elapsed;
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, closing.Token);

                var (doing, number) = Now();
                if (number != done)
                {
                    done = number;
                    if (Begin(doing))
                    {
                        await closing.CancelAsync();
                        return;
                    }
                }

                if (doing == Misbehaviour.Freezes)
                {
                    group = int.MaxValue;
                    continue;
                }

                var packets = new List<byte[]>();
                var clip = _clips[doing == Misbehaviour.FlapsParameters ? frame / FramesASecond % 2 : _size];
                var longest = doing == Misbehaviour.SendsLongGroups ? clip.Frames.Count : FramesASecond;
                if (doing != Misbehaviour.SkipsFrames || frame % 3 != 1)
                {
                    // What is sent can be decoded: another clip begins with a key frame, and no frame that others depend on is left out.
                    group = group >= longest - 1 || clip != sending ? 0 : group + 1;
                    sending = clip;
                    var time = (uint)(frame * (90_000L / FramesASecond)) + _clockShift * 90;
                    if (group == 0)
                    {
                        rtp.Add(packets, 0, 96, time, clip.SequenceSet, last: false);
                        rtp.Add(packets, 0, 96, time, clip.PictureSet, last: false);
                    }

                    rtp.Add(packets, 0, 96, time, FieldClip.Number(frame), last: false);
                    foreach (var unit in clip.Frames[group])
                        rtp.Add(packets, 0, 96, time, unit, last: true);

                    _sent.Enqueue(new SentFrame(frame, TimeProvider.System.GetUtcNow(), doing));
                }

                if (doing != Misbehaviour.FallsSilent && (_speaksFirst || frame - first > 4 * FramesASecond))
                {
                    _soundLag += doing == Misbehaviour.DriftsInSound ? SoundBytes / 20 : 0;
                    rtp.AddSound(packets, 2, (uint)((frame * SoundBytes) - _soundLag + (_clockShift * 8)), SoundBytes, marker: soundSent++ == 0);
                }

                held.AddRange(packets);
                if (doing != Misbehaviour.Stutters || frame % (FramesASecond * 3 / 2) == 0)
                {
                    foreach (var packet in held)
                        await stream.WriteAsync(packet, closing.Token);

                    held.Clear();
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
        {
            await closing.CancelAsync();
        }
    }

    // Whether the connection ends with it.
    private bool Begin(Misbehaviour doing)
    {
        switch (doing)
        {
            case Misbehaviour.Resizes:
                _size = _size == 0 ? 2 : 0;
                return false;
            case Misbehaviour.JumpsInTime:
                _clockShift += _clockShift % 2 == 0 ? 5001u : unchecked((uint)-3001);
                return false;
            default:
                return doing == Misbehaviour.Disconnects;
        }
    }

    public override string ToString() => string.Join(
        ", ", _script.Select(stretch => string.Create(CultureInfo.InvariantCulture, $"{stretch.Doing} {stretch.Length.TotalSeconds:0.#} s")));

    /// <summary>Makes interleaved RTP packets.</summary>
    private sealed class RtpSender(NetworkStream stream)
    {
        private readonly ushort[] _sequence = new ushort[4];

        public NetworkStream Stream => stream;

        public void Add(List<byte[]> packets, byte channel, byte type, uint time, byte[] unit, bool last)
        {
            if (unit.Length <= LargestPayload)
            {
                packets.Add(Packet(channel, type, time, unit, last));
                return;
            }

            const byte Fragment = 28;
            for (var at = 1; at < unit.Length; at += LargestPayload)
            {
                var end = Math.Min(unit.Length, at + LargestPayload);
                var header = (byte)((at == 1 ? 0x80 : 0) | (end == unit.Length ? 0x40 : 0) | (unit[0] & 0x1f));
                packets.Add(Packet(channel, type, time, [(byte)((unit[0] & 0xe0) | Fragment), header, .. unit.AsSpan(at..end)], last && end == unit.Length));
            }
        }

        public void AddSound(List<byte[]> packets, byte channel, uint time, int samples, bool marker)
        {
            var sound = new byte[samples];
            sound.AsSpan().Fill(0xd5);
            packets.Add(Packet(channel, 8, time, sound, marker));
        }

        private byte[] Packet(byte channel, byte type, uint time, ReadOnlySpan<byte> payload, bool marker)
        {
            var packet = new byte[16 + payload.Length];
            packet[0] = (byte)'$';
            packet[1] = channel;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(12 + payload.Length));
            packet[4] = 0x80;
            packet[5] = (byte)((marker ? 0x80 : 0) | type);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), ++_sequence[channel]);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), time);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), 0x1000u + channel);
            payload.CopyTo(packet.AsSpan(16));
            return packet;
        }
    }
}

using System.Net;
using System.Text;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A connection to a scripted camera without sockets. Waiting advances the clock of the spec.</summary>
internal sealed class MemoryWire(CameraScript script, SpecTime time) : IRtspWire
{
    private byte[] _arriving = [];
    private int _read;

    public IPAddress RemoteAddress => IPAddress.Loopback;

    public IPAddress LocalAddress => IPAddress.Loopback;

    public List<CameraRequest> Requests { get; } = [];

    /// <summary>Receiver reports.</summary>
    public List<(byte Channel, byte[] Packet)> Frames { get; } = [];

    /// <summary>Bytes that one read returns at most.</summary>
    public int MostAtOnce { get; set; } = int.MaxValue;

    /// <summary>What the network does to the bytes of the camera.</summary>
    public Func<byte[], byte[]> Damages { get; set; } = bytes => bytes;

    /// <summary>Whether the stream ends behind what was sent.</summary>
    public bool IsAtEnd { get; set; }

    public bool HasEndedSending { get; private set; }

    public bool IsDisposed { get; private set; }

    public IEnumerable<string> Methods => Requests.Select(it => it.Method);

    public RtspSession Open(IMediaReceiver receiver, RtspTransport transport = RtspTransport.Automatic, string user = "") => RtspHandshake.Open(
        this, new RtspOptions { Url = $"rtsp://{user}cam/live", Transport = transport }, receiver, time, new byte[256 << 10], default);

    /// <summary>The camera sends, and all before was read. Allocates nothing.</summary>
    public void Replace(byte[] bytes)
    {
        if (_read < _arriving.Length)
            throw new InvalidOperationException("Bytes were not read.");

        (_arriving, _read) = (bytes, 0);
    }

    /// <summary>The camera sends.</summary>
    public void Arrive(params byte[][] parts)
    {
        _arriving = [.. _arriving.AsSpan(_read), .. parts.SelectMany(Damages)];
        _read = 0;
    }

    public void Arrive(string message) => Arrive(Encoding.Latin1.GetBytes(message));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        IsDisposed.ShouldBeFalse();
        HasEndedSending.ShouldBeFalse("something was sent after the end");
        if (bytes[0] == '$')
        {
            Frames.Add((bytes[1], bytes[4..].ToArray()));
            return;
        }

        var text = Encoding.Latin1.GetString(bytes);
        if (text.StartsWith("RTSP/", StringComparison.Ordinal))
            return;

        var request = CameraRequest.Parse(text);
        Requests.Add(request);
        var answer = script.Answer(request);
        if (ReferenceEquals(answer, CameraScript.Hangup))
            IsAtEnd = true;
        else
            Arrive(answer);
    }

    public int Receive(Span<byte> into, TimeSpan wait)
    {
        var count = Math.Min(Math.Min(into.Length, MostAtOnce), _arriving.Length - _read);
        if (count == 0)
        {
            time.Advance(wait);
            return IsAtEnd ? -1 : 0;
        }

        _arriving.AsSpan(_read, count).CopyTo(into);
        _read += count;
        return count;
    }

    public void EndSending() => HasEndedSending = true;

    public void Dispose() => IsDisposed = true;
}

using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A session with a scripted camera in memory and in virtual time.</summary>
internal sealed class VirtualCamera : IDisposable
{
    private readonly byte[] _buffer = new byte[256 << 10];
    private RtspSession? _session;

    public VirtualCamera() => Wire = new MemoryWire(Script, Time);

    public CameraScript Script { get; } = new();

    public SpecTime Time { get; } = new();

    public MemoryWire Wire { get; }

    public MediaLog Log { get; } = new();

    public RtspSession Session => _session ??= Wire.Open(Log, user: User);

    public string User { get; set; } = "";

    /// <summary>Requests after those of the handshake.</summary>
    public IEnumerable<CameraRequest> Later => Wire.Requests.SkipWhile(it => it.Method != "PLAY").Skip(1);

    public bool Read() => Session.Read(_buffer);

    /// <summary>Time passes, with a read each 100 ms. Returns false when the stream is over.</summary>
    public bool Pass(double seconds)
    {
        _ = Session;
        for (var end = Time.Now + TimeSpan.FromSeconds(seconds); Time.Now < end; Time.Advance(TimeSpan.FromMilliseconds(100)))
        {
            if (!Read())
                return false;
        }

        return Read();
    }

    public void Dispose() => _session?.Dispose();
}

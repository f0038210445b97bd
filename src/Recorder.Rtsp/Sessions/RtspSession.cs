using System.Globalization;
using Recorder.Rtsp.Messages;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Sdp;

namespace Recorder.Rtsp.Sessions;

/// <summary>A stream that a server sends. It is read without blocking, at moments that the caller chooses. Used by one thread at a
/// time.</summary>
internal sealed class RtspSession(RtspConnection connection, TimeProvider time, RtspKeepAlive keepAlive) : IInterleavedReceiver, IDisposable
{
    // A connection that delivers more than this at one moment lets the others have their turn first.
    private const long MostAtOnce = 4 << 20;

    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(1);

    // A track may stay silent.
    private static readonly TimeSpan LongestBeginning = TimeSpan.FromSeconds(2);

    private readonly List<TrackSetup> _setups = [];
    private readonly RtpTrack?[] _byChannel = new RtpTrack?[256];
    private readonly RtpTrack?[] _byReportChannel = new RtpTrack?[256];
    private readonly DatagramReader _datagrams = new();
    private ReportSchedule? _reports;
    private string _url = "";
    private TimeSpan? _beginningSince;
    private TimeSpan? _closingSince;
    private bool _isOver;
    private bool _isFinished;
    private RtpTrack[] _tracks = [];
    private Goodbyes _goodbyes = new([]);

    public IReadOnlyList<RtpTrack> Tracks => _tracks;

    /// <summary>How long the recording on the server is; null for a live stream.</summary>
    public TimeSpan? Duration { get; private set; }

    /// <summary>Whether packets come by UDP, where those that are not read soon are lost.</summary>
    public bool UsesDatagrams => _datagrams.Count > 0;

    /// <summary>Whether a track of several has sent nothing yet. The arrival of its first frame says where it belongs, until reports do:
    /// it should be known better than to the moments at which all are read.</summary>
    public bool IsBeginning => _beginningSince is not null;

    /// <summary>When the latest byte came, on the clock of <see cref="TimeProvider.GetElapsedTime(long)"/> from 0.</summary>
    public TimeSpan LastByte => _datagrams.LastByte > connection.LastByte ? _datagrams.LastByte : connection.LastByte;

    /// <summary>Whether all senders have said goodbye and sent nothing since.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Datagrams that the kernel dropped since the last call, because they were not read in time.</summary>
    public long TakeDrops() => _datagrams.TakeDrops();

    public void Add(TrackSetup setup) => _setups.Add(setup);

    public void CreateTracks(IMediaReceiver receiver)
    {
        var alignment = new TrackAlignment();
        // The tracks are aligned with the first video.
        var order = _setups.Select((setup, index) => (setup, index)).OrderBy(each => each.setup.Format.Format.Kind).ToList();
        var tracks = new RtpTrack[_setups.Count];
        foreach (var (setup, index) in order)
        {
            var buffer = receiver.CreateBuffer(index, setup.Format.Format);
            tracks[index] = new RtpTrack(index, setup.Format, setup.PayloadTypes, buffer, receiver, alignment);
            if (setup.Datagrams is not null)
            {
                _datagrams.Add(setup.Datagrams, tracks[index]);
            }
            else
            {
                _byChannel[setup.Channel] = tracks[index];
                _byReportChannel[setup.ReportChannel] = tracks[index];
            }
        }

        (_tracks, _goodbyes) = (tracks, new Goodbyes(tracks));
        _reports = new ReportSchedule(connection, _setups, tracks);
    }

    /// <summary>The server has begun to send.</summary>
    public void Begin(IReadOnlyList<RtpInfo> beginnings, SessionDescription description, string url)
    {
        _url = url;
        _beginningSince = _tracks.Length > 1 ? time.GetElapsedTime(0) : null;
        Duration = DurationOf(description.Range);
        foreach (var (setup, track) in _setups.Zip(Tracks))
        {
            // A single entry, or one whose URL is written otherwise, belongs to the track at its place.
            var info = beginnings.FirstOrDefault(each => each.Url == setup.Control || (each.Url.Length > 0 && setup.Control.EndsWith(each.Url, StringComparison.Ordinal)))
                ?? (beginnings.Count == Tracks.Count ? beginnings[track.Index] : null);
            track.BeginsAt(info?.RtpTime);
        }
    }

    /// <summary>Reads what is there; returns false when the stream is over. Throws <see cref="RtspException"/> if the connection
    /// broke.</summary>
    public bool Read(byte[] buffer, TimeSpan wait = default)
    {
        if (_closingSince is not null)
            return ReadToClose(buffer, wait);

        var isOver = !Receive(buffer, wait);
        var now = time.GetElapsedTime(0);
        _datagrams.Read(buffer, now, this, isMediaOnly: false);
        // A refusal that came with the end of the stream says why it ended.
        while (connection.TryTakeAnswer(out var answer))
            keepAlive.Take(answer);

        if (isOver)
            return false;

        if (IsBeginning && (now - _beginningSince > LongestBeginning || Array.TrueForAll(_tracks, static track => track.HasBegun)))
            _beginningSince = null;

        keepAlive.SendIfDue(now);
        _reports?.SendIfDue(now);
        HasEnded = _goodbyes.AreFinal(now);
        return !HasEnded;
    }

    /// <summary>Reads only the UDP ports of media, which must be read often. Throws <see cref="RtspException"/> for a frame that is too
    /// large.</summary>
    public void ReadDatagrams(byte[] buffer) => _datagrams.Read(buffer, time.GetElapsedTime(0), this, isMediaOnly: true);

    /// <summary>Tells the server that the stream is not wanted any more. It is read on until the server closes the connection, at most a
    /// second: a camera that serves one client at a time takes the next one sooner then.</summary>
    public void BeginClosing()
    {
        if (_closingSince is not null)
            return;

        _closingSince = time.GetElapsedTime(0);
        try
        {
            if (_url.Length > 0)
                connection.Post("TEARDOWN", _url, []);

            connection.EndSending();
        }
        catch (RtspException)
        {
            _isOver = true;
        }
    }

    public void Dispose()
    {
        // A camera that is not told may serve nobody else until its session times out.
        BeginClosing();
        Finish();
        CloseSockets();
        connection.Dispose();
    }

    /// <summary>Delivers the last frames, where they are known to be whole, and reports what is missing at the end.</summary>
    public void Finish()
    {
        if (_isFinished)
            return;

        _isFinished = true;
        foreach (var track in Tracks)
            track.Finish();
    }

    public void CloseSockets()
    {
        foreach (var setup in _setups)
            setup.Datagrams?.Dispose();
    }

    void IInterleavedReceiver.Receive(byte channel, ReadOnlyMemory<byte> packet, TimeSpan now)
    {
        if (_closingSince is not null)
            return;

        // Some cameras send reports on the channel of the media.
        if (_byChannel[channel] is { } track && !IsReport(packet.Span))
            track.Receive(packet, now);
        else if ((_byReportChannel[channel] ?? _byChannel[channel]) is { } reported)
            TakeReports(reported, packet.Span, now);
    }

    void IInterleavedReceiver.Park(TimeSpan now)
    {
        foreach (var track in _tracks)
            track.Park(now);
    }

    internal void TakeReports(RtpTrack track, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        var reader = new RtcpReader(packet);
        while (reader.TryNext())
        {
            if (reader.Report is { } report)
            {
                track.Receive(report, now);
                foreach (var other in _tracks)
                    other.Align();
            }

            if (reader.Goodbye is not null && reader.Goodbye == track.Source)
                _goodbyes.Add(track, now);
        }
    }

    // RTCP's packet types lie where RTP has payload types that are not used, for this purpose (RFC 5761).
    internal static bool IsReport(ReadOnlySpan<byte> packet) => packet.Length >= 8 && packet[1] is >= 200 and <= 207;

    // False at the end of the stream.
    private bool Receive(byte[] buffer, TimeSpan wait)
    {
        var total = 0L;
        int received;
        bool isFull;
        do
        {
            received = connection.Receive(buffer, wait, out isFull);
            total += received;
        }
        while (received > 0 && isFull && total < MostAtOnce);

        return received >= 0;
    }

    // Nothing that comes now matters, nor that the connection breaks.
    private bool ReadToClose(byte[] buffer, TimeSpan wait)
    {
        try
        {
            _isOver = _isOver || !Receive(buffer, wait);
        }
        catch (RtspException)
        {
            _isOver = true;
        }

        while (connection.TryTakeAnswer(out _))
        {
        }

        return !_isOver && time.GetElapsedTime(0) - _closingSince < LongestClosing;
    }

    // npt=0-42.5; a live stream has no end.
    private static TimeSpan? DurationOf(string? range)
    {
        if (range is null || !range.StartsWith("npt=", StringComparison.OrdinalIgnoreCase) || range[4..].Split('-') is not [var from, var to])
            return null;

        var begins = double.TryParse(from, NumberStyles.Float, CultureInfo.InvariantCulture, out var begin);
        return double.TryParse(to, NumberStyles.Float, CultureInfo.InvariantCulture, out var end) && end - (begins ? begin : 0) is > 0 and < 1e9 and var length
            ? TimeSpan.FromSeconds(length)
            : null;
    }
}

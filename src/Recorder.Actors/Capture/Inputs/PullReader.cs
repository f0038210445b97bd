using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>How far a turn of reading came.</summary>
internal enum PullResult
{
    Unknown = 0,

    /// <summary>All that is due was read.</summary>
    Due = 1,

    /// <summary>More is due: take another turn.</summary>
    More = 2,

    /// <summary>The file is over, all plays of it.</summary>
    Ended = 3,
}

/// <summary>
/// Reads files and the test pattern without a thread of their own: the source's actor calls <see cref="Read"/> when the node's grid
/// ticks, or on and on when the pace is fast.
/// </summary>
internal sealed class PullReader(ICaptureInput input, SourceUri source, CaptureFlow flow, CaptureServices services) : IDisposable
{
    private const int MostErrorsInARow = 20;

    private readonly bool _fast = source.Pace == SourcePace.Fast;
    private int? _playsLeft = source.Plays;
    private int _version = input.StreamsVersion;
    private TimeSpan _origin;
    private DateTimeOffset _wallOrigin;
    private TimeSpan? _first;
    private bool _packetsThisPlay;
    private int _errors;
    private PacketBatch? _held;
    private TimeSpan _due;

    /// <summary>Whether a fast pace governs.</summary>
    public bool IsFast => _fast;

    /// <summary>Why reading ended early; null when it did not.</summary>
    public string? Damage { get; private set; }

    /// <summary>Sends what is due as one batch.</summary>
    public PullResult Read()
    {
        var now = services.Now;
        if (_held is not null && _due > now - _origin)
        {
            return PullResult.Due;
        }

        var wall = services.Time.GetUtcNow();
        var batch = _held ?? PacketBatch.Rent();
        _held = null;
        var result = PullResult.More;
        while (result == PullResult.More && batch.Bytes < services.Options.ReadBytes)
        {
            result = ReadOne(ref batch, now, wall);
        }

        if (result == PullResult.Due)
        {
            _held = flow.SendButLast(batch, now, wall);
        }
        else
        {
            flow.Send(batch, now, wall);
        }

        return result;
    }

    public void Dispose()
    {
        _held?.Release();
        _held = null;
    }

    private PullResult ReadOne(ref PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        ReadResult read;
        try
        {
            read = input.Read(batch);
            _errors = read == ReadResult.Appended ? 0 : _errors;
        }
        catch (FFmpegException error)
        {
            // A damaged stretch: what follows may be readable.
            flow.Damaged();
            Damage = error.Message;
            return ++_errors < MostErrorsInARow ? PullResult.More : Finish();
        }

        if (read == ReadResult.EndOfStream)
        {
            return Finish();
        }

        if (read != ReadResult.Appended)
        {
            return ++_errors < MostErrorsInARow ? PullResult.More : Finish();
        }

        _packetsThisPlay = true;
        if (input.StreamsVersion != _version)
        {
            batch = Split(batch, now, wall);
        }

        var last = batch.Count - 1;
        if (flow.Map(batch, last, now, out var track) is not { } stamp)
        {
            return PullResult.More;
        }

        var media = track!.TimeBase.ToTimeSpan(stamp.Dts);
        if (_first is null)
        {
            (_first, _origin, _wallOrigin) = (media, now, wall);
        }

        var elapsed = media - _first.Value;
        if (batch[last].CaptureTimeUs == 0)
        {
            batch.SetCaptureTime(last, ((_fast ? wall : _wallOrigin + elapsed) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        }

        // Nobody gets a picture before its time: it waits here.
        _due = elapsed;
        return _fast || elapsed <= now - _origin ? PullResult.More : PullResult.Due;
    }

    private PullResult Finish()
    {
        if (_packetsThisPlay && _playsLeft is null or > 1)
        {
            _playsLeft--;
            _packetsThisPlay = false;
            try
            {
                input.SeekToStart();
            }
            catch (FFmpegException error)
            {
                Damage = error.Message;
                return PullResult.Ended;
            }

            flow.Looped();
            return PullResult.More;
        }

        return PullResult.Ended;
    }

    // The packet just read is the first with the new parameters: what came before it goes out first.
    private PacketBatch Split(PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        _version = input.StreamsVersion;
        var last = batch.Count - 1;
        var after = PacketBatches.Slice(batch, last);
        var before = PacketBatches.Slice(batch, 0, last);
        batch.Release();
        flow.Send(before, now, wall);
        flow.StreamsChanged(input.Streams);
        return after;
    }
}

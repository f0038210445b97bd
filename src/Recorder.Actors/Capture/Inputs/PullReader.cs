using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal enum PullResult
{
    Unknown = 0,
    Due = 1,
    More = 2,
    Ended = 3,
}

/// <summary>Reads files and the test pattern in the actor's turns, each <see cref="CaptureOptions.Grid"/> or at once.</summary>
internal sealed class PullReader(IPacketInput input, SourceUri source, CaptureFlow flow, CaptureContext context) : IDisposable
{
    private const int MostErrorsInARow = 20;

    private int? _playsLeft = source.Plays;
    private int _version = input.StreamsVersion;
    private TimeSpan _origin;
    private DateTimeOffset _wallOrigin;
    private TimeSpan? _first;
    private bool _hasPacketsInPlay;
    private int _errors;
    private PacketBatch? _early;
    private TimeSpan _earlyDue;

    public bool IsFast { get; } = source.Pace == SourcePace.Fast;
    public string? Damage { get; private set; }

    public PullResult Read()
    {
        var now = context.Now;
        if (_early is not null && _earlyDue > now - _origin)
            return PullResult.Due;

        var wall = context.Time.GetUtcNow();
        var batch = _early ?? PacketBatch.Rent();
        _early = null;
        var result = PullResult.More;
        while (result == PullResult.More && batch.Bytes < context.Options.ReadBytes)
            result = ReadOne(ref batch, now, wall);

        if (result == PullResult.Due)
        {
            // The last packet is read before it is due, and kept until then.
            _early = flow.SendAllButLast(batch, now, wall);
        }
        else
        {
            flow.Send(batch, now, wall);
        }

        return result;
    }

    public void Dispose()
    {
        _early?.Release();
        _early = null;
    }

    private PullResult ReadOne(ref PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        ReadResult read;
        try
        {
            read = input.Read(batch);
        }
        catch (FFmpegException error)
        {
            // What follows the damage may be readable.
            flow.Packets.CountDamage();
            Damage = error.Message;
            return CountError();
        }

        if (read != ReadResult.Appended)
            return read == ReadResult.EndOfStream ? Finish() : CountError();

        _errors = 0;
        _hasPacketsInPlay = true;
        if (input.StreamsVersion != _version)
            batch = SendOldStreams(batch, now, wall);

        var last = batch.Count - 1;
        if (flow.Packets.Map(batch, last, now, out var track) is not { } stamp)
            return PullResult.More;

        var media = track!.TimeBase.ToTimeSpan(stamp.Dts);
        if (_first is null)
            (_first, _origin, _wallOrigin) = (media, now, wall);

        var elapsed = media - _first.Value;
        if (batch[last].CaptureTimeUs == 0)
            batch.SetCaptureTime(last, CaptureTime.ToMicroseconds(IsFast ? wall : _wallOrigin + elapsed));

        _earlyDue = elapsed;
        return IsFast || elapsed <= now - _origin ? PullResult.More : PullResult.Due;
    }

    private PullResult CountError() => ++_errors < MostErrorsInARow ? PullResult.More : Finish();

    private PullResult Finish()
    {
        if (!_hasPacketsInPlay || _playsLeft is <= 1)
            return PullResult.Ended;

        _playsLeft--;
        _hasPacketsInPlay = false;
        try
        {
            input.SeekToStart();
        }
        catch (FFmpegException error)
        {
            Damage = error.Message;
            return PullResult.Ended;
        }

        flow.Packets.Loop();
        return PullResult.More;
    }

    // The packet just read is the first one with the new parameters: the packets before it are sent first.
    private PacketBatch SendOldStreams(PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        _version = input.StreamsVersion;
        var last = batch.Count - 1;
        var after = PacketBatches.Slice(batch, last);
        var before = PacketBatches.Slice(batch, 0, last);
        batch.Release();
        flow.Send(before, now, wall);
        flow.ChangeStreams(input.Streams);
        return after;
    }
}

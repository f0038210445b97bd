using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Recording;

/// <summary>
/// The pre-roll of an inactive recorder: decides whether there is one, and with which part of it a recording begins. A recorder that is
/// prepared for a hand-over keeps a pre-roll too, so that no frame is lost, and so does one that is armed for a take.
/// </summary>
internal sealed class PreRoll
{
    // Covers the time in which the present owner ends its recording and hands it over.
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(15);

    // Tolerates a small difference of the nodes' clocks when looking for a key frame that both have.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMilliseconds(100);

    private readonly bool _isRequested;
    private readonly TimeSpan _wanted;
    private readonly SourceState _source;
    private readonly RecorderMemory _memory;
    private readonly PreRollBuffer? _buffer;
    private readonly TimeProvider _time;
    private readonly MachineTime _machine;

    public PreRoll(RecorderOptions options, SourceState source, RecorderMemory memory, TimeProvider time)
    {
        (_isRequested, _source, _memory) = (options.PreRoll is not null, source, memory);
        (_time, _machine) = (time, MachineTime.Of(time));
        _wanted = memory.IsPreparedForHandOver && !(options.PreRoll > HandOverTime) ? HandOverTime : options.PreRoll ?? TimeSpan.Zero;
        // A source that is not live has no media before the start. Half of the memory limit, because at a start the whole pre-roll waits for
        // the disk at once.
        _buffer = source.Uri.IsLive
            ? new PreRollBuffer(_wanted, Math.Min(options.PreRollBytes, options.MemoryLimit / 2), identifies: memory.IsPreparedForHandOver)
            : null;
        if (memory.ArmedFor is not null)
            KeepAtLeast(RecorderProtocol.Arm.Kept);
    }

    public bool IsPossible => _buffer is not null;

    /// <summary>Whether the recorder keeps a pre-roll while it is inactive.</summary>
    public bool IsKept => IsPossible && !_memory.IsRetiring && (_isRequested || _memory.IsPreparedForHandOver || _memory.ArmedFor is not null);

    /// <summary>Whether a recording can begin with a whole GOP of the pre-roll.</summary>
    public bool HasWholeGop => _buffer?.HasWholeGop ?? false;

    /// <summary>Says what the recorder could begin a take with.</summary>
    public RecorderProtocol.Armed Describe(RecorderProtocol.Armed answer) => answer with
    {
        OldestKeyFrame = _buffer?.Oldest,
        Clock = _buffer?.Clock ?? CaptureClock.Unknown,
        BytesPerSecond = _buffer?.BytesPerSecond ?? 0,
    };

    /// <summary>Keeps the media of a time, or more if the recorder's option asks for more.</summary>
    public void KeepAtLeast(TimeSpan time)
    {
        if (_buffer is not null)
            _buffer.MaximumTime = time > _wanted ? time : _wanted;
    }

    public void Add(PacketBatch batch) => _buffer!.Add(batch, _time.GetUtcNow(), _machine.Read());

    /// <summary>Handles a message of the source; messages that a recording needs are kept in order among the packets.</summary>
    /// <returns>False when the pre-roll ends with the message: attach again unless the source has ended.</returns>
    public bool Handle(SourceMessage message)
    {
        _source.Status = message switch
        {
            SourceConnecting => SourceStatus.Connecting,
            SourceOpened or SourceRestored => SourceStatus.Connected,
            SourceLost or SourceFailed => SourceStatus.Lost,
            SourceEnded => SourceStatus.Ended,
            _ => _source.Status,
        };
        _source.Detail = message switch
        {
            SourceConnecting connecting => connecting.Cause,
            SourceLost lost => lost.Cause,
            SourceFailed failed => failed.Error.Message,
            SourceOpened or SourceRestored => "",
            _ => _source.Detail,
        };
        switch (message)
        {
            case SourceConnecting:
                return true;
            case SourceOpened opened:
                _buffer!.Open(opened);
                return true;
            case SourceLost or SourceRestored or MediaDropped or TimestampsMended or TrackMuted or TracksChanged:
                _buffer!.Add(message);
                return true;
            default:
                _buffer!.Clear();
                return false;
        }
    }

    public void Clear() => _buffer?.Clear();

    /// <summary>
    /// Takes the part of the pre-roll with which a recording begins: the time asked for by <see cref="RecorderProtocol.Start.PreRoll"/>, or, for
    /// a recording that was handed over, the media from a key frame on that the previous node recorded too.
    /// </summary>
    /// <returns>Batches, which the caller releases, and messages, in order; null when the recording begins with the next media.</returns>
    public IReadOnlyList<object>? TakeFor(RecorderProtocol.Start start, RecordingSession recording)
    {
        if (recording.Continued is not { } continued)
        {
            return start.At is { } moment ? _buffer?.TakeBefore(moment)
                : start.PreRoll is { } ago ? _buffer?.TakeFrom(_machine.Read() - ago)
                : null;
        }

        if (!recording.MayOverlap)
            return null;

        if (_buffer?.TakeAt(continued.KeyPictures ?? []) is (var content, var seam))
        {
            recording.Seam = seam;
            return content;
        }

        // No key frame with the same bytes was found: use the clocks.
        return _buffer?.TakeBefore(continued.EndedAt - ClockDifference);
    }
}

using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Recording;

/// <summary>
/// The pre-roll of an inactive recorder: whether it keeps one, and which part of it a start begins with. A recorder that is about to take over
/// from another node keeps one too, to continue without a lost frame.
/// </summary>
internal sealed class PreRoll
{
    // Long enough for a node to end its recording and hand it over, while the next owner keeps the media that arrives meanwhile.
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(15);

    // Finds a key frame that both nodes have, though their clocks differ a little.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMilliseconds(100);

    private readonly bool _isAskedFor;
    private readonly SourceState _source;
    private readonly RecorderMemory _memory;
    private readonly PreRollBuffer? _buffer;

    public PreRoll(RecorderOptions options, SourceState source, RecorderMemory memory)
    {
        (_isAskedFor, _source, _memory) = (options.PreRoll is not null, source, memory);
        var time = memory.IsWarm && !(options.PreRoll > HandOverTime) ? HandOverTime : options.PreRoll;
        // Only the media of a live source passes. Half of the memory limit: at a start, the whole pre-roll waits for the disk at once.
        _buffer = time is { } length && source.Uri.IsLive
            ? new PreRollBuffer(length, Math.Min(options.PreRollBytes, options.MemoryLimit / 2), identifies: memory.IsWarm)
            : null;
    }

    /// <summary>Whether there is a buffer at all.</summary>
    public bool IsPossible => _buffer is not null;

    /// <summary>Whether the recorder keeps a pre-roll while it is inactive.</summary>
    public bool IsKept => IsPossible && !_memory.IsRetiring && (_isAskedFor || _memory.IsWarm);

    /// <summary>Whether it holds a whole GOP to begin with.</summary>
    public bool HasWholeGop => _buffer?.HasWholeGop ?? false;

    /// <summary>Keeps references to the packets of a batch.</summary>
    public void Add(PacketBatch batch, DateTimeOffset now, TimeSpan steady) => _buffer!.Add(batch, now, steady);

    /// <summary>Takes a message of the source; what happened to the source is kept where it belongs among the packets.</summary>
    /// <returns>False when nothing follows that belongs to the pre-roll: attach again unless the source has ended.</returns>
    public bool Take(SourceMessage message)
    {
        _source.Status = message switch
        {
            SourceConnecting => SourceStatus.Connecting,
            SourceOpened or SourceRestored => SourceStatus.Connected,
            SourceLost or SourceFailed => SourceStatus.Lost,
            SourceEnded => SourceStatus.Ended,
            _ => _source.Status,
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
    /// Takes the part that a recording begins with: from a moment on, for a start with <see cref="RecorderProtocol.Start.PreRoll"/>; or from a
    /// key frame on that the node before recorded too.
    /// </summary>
    /// <returns>Batches, which the caller releases, and messages, in order; null to begin with the next media.</returns>
    public IReadOnlyList<object>? TakeFor(RecorderProtocol.Start start, RecordingSession recording, TimeSpan steady)
    {
        if (recording.Continued is not { } continued)
        {
            return start.PreRoll is { } ago ? _buffer?.TakeFrom(steady - ago) : null;
        }

        if (!recording.MayOverlap)
        {
            return null;
        }

        if (_buffer?.TakeAt(continued.KeyPictures ?? []) is (var content, var seam))
        {
            recording.Seam = seam;
            return content;
        }

        // No key frame is known to both by its bytes: go by their clocks.
        return _buffer?.TakeBefore(continued.EndedAt - ClockDifference);
    }
}

using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>An interval in which tracks are left out of a recording and whose end is not known yet.</summary>
internal sealed class OpenGap(GapCause cause, TimeSpan mediaTime, DateTimeOffset from, string detail)
{
    public GapCause Cause { get; } = cause;

    public TimeSpan MediaTime { get; } = mediaTime;

    public DateTimeOffset From { get; } = from;

    /// <summary>The machine's steady clock when the gap began; null for a gap that was opened later.</summary>
    public TimeSpan? Began { get; init; }

    public string Detail { get; } = detail;

    /// <summary>When media returned, as the source reports it. Ignored when packets were left out after that.</summary>
    public DateTimeOffset? MediaReturnedAt { get; init; }

    /// <summary>Packets that were lost before they reached the recorder.</summary>
    public long LostBefore { get; init; }

    public long LeftOut { get; set; }

    /// <summary>Where the gap ends on the recording's timeline, as far as is known.</summary>
    public TimeSpan Until { get; set; } = mediaTime;
}

/// <summary>
/// The gap ledger of a recording: media that should have been recorded and was not. A gap begins with the first packet left out and ends with
/// the first packet written again, which is a video packet where video is missing. A video track waits for its next key frame, and the packets
/// left out until then belong to the gap. A track is in one gap at a time: the first cause counts until the track is recorded again.
/// </summary>
internal sealed class GapLedger(IReadOnlyList<RecordedTrack> tracks, IPipelineSink sink, TimeProvider time, long memoryLimit)
{
    private readonly MachineTime _machine = MachineTime.Of(time);

    public long LostPackets { get; private set; }

    public void CountLost(long packets) => LostPackets += packets;

    public void Add(
        GapCause cause, TimeSpan position, TimeSpan missing, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        LostPackets += packets;
        sink.AddGap(cause, position, missing > TimeSpan.Zero ? missing : TimeSpan.Zero, from, to, packets, detail);
    }

    /// <summary>Adds a gap after which media has returned: it ends with the next packet written.</summary>
    public void AddUntilNextPacket(GapCause cause, TimeSpan position, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        var gap = new OpenGap(cause, position, from, detail) { MediaReturnedAt = to, LostBefore = packets };
        if (AssignToTracks(gap))
            LostPackets += packets;
        else
            Add(cause, position, to - from, from, to, packets, detail);
    }

    /// <summary>Adds a gap for a full volume, which begins where the stored media ends.</summary>
    /// <param name="reached">Where the stored media ends.</param>
    /// <param name="position">Where the produced media ends.</param>
    /// <param name="packets">Packets produced and not stored.</param>
    /// <param name="mayBegin">Whether later packets belong to the gap; false while the recording is paused.</param>
    public void AddFullVolume(TimeSpan reached, TimeSpan position, long packets, bool mayBegin)
    {
        const string Detail = "The volume was full.";
        var duration = position > reached ? position - reached : TimeSpan.Zero;
        var from = time.GetUtcNow() - duration;
        var gap = new OpenGap(GapCause.DiskFull, reached, from, Detail) { LostBefore = packets, Until = reached + duration };
        if (mayBegin && AssignToTracks(gap))
            LostPackets += packets;
        else if (packets > 0)
            Add(GapCause.DiskFull, reached, duration, from, from + duration, packets, Detail);
    }

    /// <summary>Begins a gap of a track, whether packets of it arrive or not.</summary>
    public void Begin(RecordedTrack track, GapCause cause, TimeSpan position)
    {
        track.Gap ??= OpenFor(track, cause, position);
        track.NeedsKeyFrame = track.IsVideo;
    }

    /// <summary>Counts a packet that is left out, and begins a gap for it where none is open.</summary>
    public void LeaveOut(RecordedTrack track, PacketInfo packet, GapCause cause)
    {
        var begin = track.Timeline.TimeOf(packet.Dts);
        Begin(track, cause, begin);
        LostPackets++;
        track.Gap!.LeftOut++;
        Extend(track.Gap, begin + track.Timeline.TimeBase.ToTimeSpan(packet.Duration));
    }

    /// <summary>Ends the gap of a track at a packet that is about to be written.</summary>
    public void EndAt(RecordedTrack track, PacketInfo packet)
    {
        var gap = track.Gap!;
        track.Gap = null;
        Extend(gap, track.Timeline.TimeOf(packet.Dts));
        if (!tracks.Any(other => other.Gap == gap && other.IsVideo))
            Close(gap);
    }

    /// <summary>Removes a track that has ended from its gap, and ends the gap when no other track is in it.</summary>
    public void EndTrack(RecordedTrack track)
    {
        var gap = track.Gap!;
        track.Gap = null;
        if (!tracks.Any(other => other.Gap == gap))
            Close(gap);
    }

    /// <summary>Ends every gap: media that is left out from here on is no loss.</summary>
    public void CloseAll()
    {
        foreach (var track in tracks)
        {
            if (track.Gap is { } gap)
                Close(gap);
        }
    }

    // Puts every track that is being recorded into the gap.
    private bool AssignToTracks(OpenGap gap)
    {
        var isAssigned = false;
        foreach (var track in tracks)
        {
            if (!track.IsComplete && track.Gap is null)
                (track.Gap, track.NeedsKeyFrame, isAssigned) = (gap, track.IsVideo, true);
        }

        return isAssigned;
    }

    private static void Extend(OpenGap gap, TimeSpan until) => gap.Until = until > gap.Until ? until : gap.Until;

    private OpenGap OpenFor(RecordedTrack track, GapCause cause, TimeSpan position)
    {
        // All tracks share the gap of a slow or full disk.
        if (cause is GapCause.DiskStalled or GapCause.DiskFull
            && tracks.FirstOrDefault(other => other.Gap?.Cause == cause) is { Gap: { } shared })
        {
            return shared;
        }

        return new OpenGap(cause, position, time.GetUtcNow(), cause switch
        {
            GapCause.DiskStalled => $"The disk was slower than the media: more than {memoryLimit >> 10} KiB waited for it.",
            GapCause.DiskFull => "The volume was full.",
            GapCause.Muted => $"Track {track.SourceId} had no signal.",
            _ => $"Track {track.SourceId} changed and waited for a key frame to begin a file with.",
        })
        { Began = _machine.Read() };
    }

    private void Close(OpenGap gap)
    {
        foreach (var track in tracks)
            track.Gap = track.Gap == gap ? null : track.Gap;

        var to = gap.LeftOut == 0 && gap.MediaReturnedAt is { } restored ? restored : time.GetUtcNow();
        // Without packets a clock measures the gap: the steady clock, where it was read when the gap began.
        var elapsed = (_machine.Read() - gap.Began) ?? (to - gap.From);
        var duration = gap.Until > gap.MediaTime || gap.LeftOut > 0 || elapsed < TimeSpan.Zero ? gap.Until - gap.MediaTime : elapsed;
        sink.AddGap(gap.Cause, gap.MediaTime, duration, gap.From, to, gap.LostBefore + gap.LeftOut, gap.Detail);
    }
}

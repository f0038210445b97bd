using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>An interval in which tracks are left out of a recording, not yet at its end.</summary>
internal sealed class OpenGap(GapCause cause, TimeSpan mediaTime, DateTimeOffset from, string detail)
{
    public GapCause Cause { get; } = cause;

    /// <summary>Where it begins on the recording's timeline.</summary>
    public TimeSpan MediaTime { get; } = mediaTime;

    public DateTimeOffset From { get; } = from;

    /// <summary>When it began by the machine's steady clock, where that was as it was noted.</summary>
    public TimeSpan? Began { get; init; }

    public string Detail { get; } = detail;

    /// <summary>When media was there again, where the source said so: it holds unless more had to be left out after that.</summary>
    public DateTimeOffset? Restored { get; init; }

    /// <summary>Packets that were lost on the way here.</summary>
    public long Lost { get; init; }

    /// <summary>Packets left out here.</summary>
    public long LeftOut { get; set; }

    /// <summary>Where it ends on the recording's timeline, as far as is known.</summary>
    public TimeSpan Until { get; set; } = mediaTime;
}

/// <summary>
/// The loss ledger of a recording under way: what should have been recorded and was not. A gap begins with the first packet left out
/// and ends with the first written again, a picture where pictures are missing; a video track waits for its next key frame meanwhile,
/// and what it leaves out until then belongs to the gap. The first cause that leaves a track out keeps it until it is back.
/// </summary>
internal sealed class GapLedger(IReadOnlyList<RecordedTrack> tracks, IPipelineSink sink, TimeProvider time, long memoryLimit)
{
    private readonly MachineTime _machine = MachineTime.Of(time);

    /// <summary>Packets that should have been recorded and were not.</summary>
    public long LostPackets { get; private set; }

    /// <summary>Packets were lost without a gap's beginning or end being known here.</summary>
    public void Lose(long packets) => LostPackets += packets;

    /// <summary>States an interval that is known already.</summary>
    public void State(
        GapCause cause, TimeSpan position, TimeSpan missing, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        LostPackets += packets;
        sink.Gap(cause, position, missing > TimeSpan.Zero ? missing : TimeSpan.Zero, from, to, packets, detail);
    }

    /// <summary>Media is there again after an interval without: the gap ends with what is written next.</summary>
    public void Restored(GapCause cause, TimeSpan position, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        var gap = new OpenGap(cause, position, from, detail) { Restored = to, Lost = packets };
        if (Join(gap))
        {
            LostPackets += packets;
        }
        else
        {
            State(cause, position, to - from, from, to, packets, detail);
        }
    }

    /// <summary>The volume is full: what was given out behind <paramref name="reached"/> is not written, nor is what comes.</summary>
    public void Fill(TimeSpan reached, TimeSpan position, long packets, bool mayBegin)
    {
        const string Detail = "The volume was full.";
        var lasting = position > reached ? position - reached : TimeSpan.Zero;
        var from = time.GetUtcNow() - lasting;
        var gap = new OpenGap(GapCause.DiskFull, reached, from, Detail) { Lost = packets, Until = reached + lasting };
        if (mayBegin && Join(gap))
        {
            LostPackets += packets;
        }
        else if (packets > 0)
        {
            State(GapCause.DiskFull, reached, lasting, from, from + lasting, packets, Detail);
        }
    }

    /// <summary>A track is left out from here on, whether packets of it come or not.</summary>
    public void Begin(RecordedTrack track, GapCause cause, TimeSpan position)
    {
        track.Gap ??= OpenFor(track, cause, position);
        track.NeedsKeyFrame = track.IsVideo;
    }

    /// <summary>A packet is left out.</summary>
    public void LeaveOut(RecordedTrack track, PacketInfo packet, GapCause cause)
    {
        var begin = track.Timeline.TimeOf(packet.Dts);
        Begin(track, cause, begin);
        LostPackets++;
        track.Gap!.LeftOut++;
        Extend(track.Gap, begin + track.Timeline.TimeBase.ToTimeSpan(packet.Duration));
    }

    /// <summary>A packet of a track with a gap is about to be written.</summary>
    public void Return(RecordedTrack track, PacketInfo packet)
    {
        var gap = track.Gap!;
        track.Gap = null;
        Extend(gap, track.Timeline.TimeOf(packet.Dts));
        foreach (var other in tracks)
        {
            if (other.Gap == gap && other.IsVideo)
            {
                return;
            }
        }

        Close(gap);
    }

    /// <summary>A track ended: its gap ends where no other is in it.</summary>
    public void End(RecordedTrack track)
    {
        var gap = track.Gap;
        track.Gap = null;
        foreach (var other in tracks)
        {
            if (other.Gap == gap)
            {
                return;
            }
        }

        Close(gap!);
    }

    /// <summary>What is left out from here on is no loss: every gap ends.</summary>
    public void CloseAll()
    {
        foreach (var track in tracks)
        {
            if (track.Gap is { } gap)
            {
                Close(gap);
            }
        }
    }

    // Every track that is recorded is in it from here on.
    private bool Join(OpenGap gap)
    {
        var joined = false;
        foreach (var track in tracks)
        {
            if (!track.IsComplete && track.Gap is null)
            {
                (track.Gap, track.NeedsKeyFrame, joined) = (gap, track.IsVideo, true);
            }
        }

        return joined;
    }

    private static void Extend(OpenGap gap, TimeSpan until) => gap.Until = until > gap.Until ? until : gap.Until;

    private OpenGap OpenFor(RecordedTrack track, GapCause cause, TimeSpan position)
    {
        if (cause is GapCause.DiskStalled or GapCause.DiskFull)
        {
            foreach (var other in tracks)
            {
                if (other.Gap?.Cause == cause)
                {
                    return other.Gap;
                }
            }
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
        {
            track.Gap = track.Gap == gap ? null : track.Gap;
        }

        var to = gap.LeftOut == 0 && gap.Restored is { } restored ? restored : time.GetUtcNow();
        // Where no packet told how long it was, a clock does: the steady one, where it was asked at the beginning.
        var lasted = (_machine.Read() - gap.Began) ?? (to - gap.From);
        var duration = gap.Until > gap.MediaTime || gap.LeftOut > 0 || lasted < TimeSpan.Zero ? gap.Until - gap.MediaTime : lasted;
        sink.Gap(gap.Cause, gap.MediaTime, duration, gap.From, to, gap.Lost + gap.LeftOut, gap.Detail);
    }
}

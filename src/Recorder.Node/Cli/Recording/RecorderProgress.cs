using Recorder.Contracts;

namespace Recorder.Node.Cli.Recording;

/// <summary>What a recorder is doing, as far as a user wants to know.</summary>
internal enum Phase
{
    /// <summary>Told to start, no media yet.</summary>
    Waiting = 0,

    /// <summary>Gathering.</summary>
    Recording = 1,

    /// <summary>Paused.</summary>
    Paused = 2,

    /// <summary>The source is lost and being sought.</summary>
    Lost = 3,

    /// <summary>Told to stop, not yet complete.</summary>
    Stopping = 4,

    /// <summary>Complete on disk.</summary>
    Stopped = 5,

    /// <summary>Over, and not as it should be.</summary>
    Failed = 6,
}

/// <summary>One recorder of a session at one moment: a pure function of what it reported.</summary>
internal sealed record RecorderProgress(RecorderId Id, string Source, string Target)
{
    public Phase Phase { get; init; }

    public string MimeType { get; init; } = "";

    public TimeSpan Duration { get; init; }

    public long Bytes { get; init; }

    public long Blobs { get; init; }

    public long LostPackets { get; init; }

    public int Gaps { get; init; }

    public TimeSpan GapTime { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; init; }

    public StopReason Reason { get; init; }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsOver => Phase is Phase.Stopped or Phase.Failed;

    /// <summary>What an event makes of it.</summary>
    public RecorderProgress Apply(RecorderProtocol.IEvent happened) =>
        happened switch
        {
            RecorderProtocol.Started started => Moved(Phase.Recording) with { MimeType = started.MimeType },
            RecorderProtocol.DataAvailable { Data: var blob } => this with
            {
                Blobs = Blobs + 1,
                Bytes = Math.Max(Bytes, AnnouncedBytes + blob.Length),
                AnnouncedBytes = AnnouncedBytes + blob.Length,
                Duration = Longer(blob.MediaTime + blob.Duration),
                Target = Target.Length > 0 ? Target : blob.Path,
            },
            RecorderProtocol.Paused => Moved(Phase.Paused),
            RecorderProtocol.Resumed => Moved(Phase.Recording),
            RecorderProtocol.ErrorRaised raised => this with { Failure = raised.Error.Message },
            RecorderProtocol.GapRecorded gap => this with
            {
                Gaps = Gaps + 1,
                GapTime = GapTime + gap.Duration,
                LostPackets = Math.Max(LostPackets, AnnouncedLost + gap.Packets),
                AnnouncedLost = AnnouncedLost + gap.Packets,
            },
            RecorderProtocol.SourceChanged changed => Moved(changed.Status switch
            {
                SourceStatus.Lost => Phase.Lost,
                SourceStatus.Connected when Phase == Phase.Lost => Phase.Recording,
                _ => Phase,
            }),
            RecorderProtocol.Stopped stopped => this with
            {
                Phase = Failure is null && stopped.Reason != StopReason.Failed ? Phase.Stopped : Phase.Failed,
                Reason = stopped.Reason,
                Duration = stopped.Duration,
                Bytes = stopped.Bytes,
                Blobs = stopped.Blobs,
            },
            _ => this,
        };

    /// <summary>What a status makes of it: the figures between two events.</summary>
    public RecorderProgress Apply(RecorderProtocol.Status status) =>
        IsOver
            ? this
            : this with
            {
                Duration = Longer(status.Duration),
                Bytes = Math.Max(Bytes, status.Bytes),
                LostPackets = Math.Max(LostPackets, status.LostPackets),
                MimeType = status.MimeType.Length > 0 ? status.MimeType : MimeType,
            };

    /// <summary>It was told to stop.</summary>
    public RecorderProgress Stopping() => Moved(Phase.Stopping);

    /// <summary>It was refused.</summary>
    public RecorderProgress Refused(MediaError error) => this with { Phase = Phase.Failed, Failure = error.Message };

    /// <summary>Bytes of the blobs announced; what was produced may be more.</summary>
    private long AnnouncedBytes { get; init; }

    /// <summary>Packets of the gaps announced; a status may have counted a gap before its event came.</summary>
    private long AnnouncedLost { get; init; }

    private TimeSpan Longer(TimeSpan duration) => duration > Duration ? duration : Duration;

    // What is over or being stopped stays so, whatever arrives late.
    private RecorderProgress Moved(Phase phase) => IsOver || Phase == Phase.Stopping ? this : this with { Phase = phase };
}

namespace Recorder.Node.Cli.Recording;

internal enum Phase
{
    Waiting,
    Recording,
    Paused,
    Lost,
    Stopping,
    Stopped,
    Failed,
}

/// <summary>The progress of a recorder, computed from its events and status. Its target is empty until it is known.</summary>
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
    public string? Failure { get; init; }
    public StopReason Reason { get; init; }
    public bool HasEnded => Phase is Phase.Stopped or Phase.Failed;

    public RecorderProgress Apply(RecorderProtocol.IEvent raised) => raised switch
    {
        RecorderProtocol.Started started => MoveTo(Phase.Recording) with { MimeType = started.MimeType },
        RecorderProtocol.DataAvailable { Data: var blob } => this with
        {
            Blobs = Blobs + 1,
            Bytes = Math.Max(Bytes, AnnouncedBytes + blob.Length),
            AnnouncedBytes = AnnouncedBytes + blob.Length,
            Duration = Max(blob.MediaTime + blob.Duration),
            Target = Target.Length > 0 ? Target : blob.Path,
        },
        RecorderProtocol.Paused => MoveTo(Phase.Paused),
        RecorderProtocol.Resumed => MoveTo(Phase.Recording),
        RecorderProtocol.ErrorRaised error => this with { Failure = error.Error.Message },
        RecorderProtocol.GapRecorded gap => this with
        {
            Gaps = Gaps + 1,
            GapTime = GapTime + gap.Duration,
            LostPackets = Math.Max(LostPackets, AnnouncedLost + gap.Packets),
            AnnouncedLost = AnnouncedLost + gap.Packets,
        },
        RecorderProtocol.SourceChanged changed => MoveTo(changed.Status switch
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

    /// <summary>Applies a status, which has newer figures than the last event.</summary>
    public RecorderProgress Apply(RecorderProtocol.Status status) =>
        HasEnded
            ? this
            : this with
            {
                Duration = Max(status.Duration),
                Bytes = Math.Max(Bytes, status.Bytes),
                LostPackets = Math.Max(LostPackets, status.LostPackets),
                MimeType = status.MimeType.Length > 0 ? status.MimeType : MimeType,
            };

    public RecorderProgress Stopping() => MoveTo(Phase.Stopping);

    public RecorderProgress Refused(MediaError error) => this with { Phase = Phase.Failed, Failure = error.Message };

    /// <summary>Bytes of the announced blobs; a status counts bytes that are not announced yet, too.</summary>
    private long AnnouncedBytes { get; init; }

    /// <summary>Packets of the announced gaps; a status can count a gap before its event arrives.</summary>
    private long AnnouncedLost { get; init; }

    private TimeSpan Max(TimeSpan duration) => duration > Duration ? duration : Duration;

    // A late event does not bring back a recorder that has ended or is stopping.
    private RecorderProgress MoveTo(Phase phase) => HasEnded || Phase == Phase.Stopping ? this : this with { Phase = phase };
}

using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>The content of <c>recording.json</c>, which is replaced when the recording begins and when it ends.</summary>
internal sealed record RecordingDescription
{
    public required string Recorder { get; init; }
    public required string Recording { get; init; }
    public required string Source { get; init; }
    public required string Node { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string MimeType { get; init; } = "";
    public double? TimesliceMs { get; init; }

    /// <summary>The take that it belongs to; null for none.</summary>
    public string? Take { get; init; }

    /// <summary>The moment of the take, which the recording contains unless it joined late.</summary>
    public DateTimeOffset? TakeAt { get; init; }
    public long VideoBitsPerSecond { get; init; }
    public long AudioBitsPerSecond { get; init; }
    public IReadOnlyList<TrackDescription> Tracks { get; init; } = [];
    public string? StopReason { get; init; }
    public string? Error { get; init; }
    public double? DurationMs { get; init; }
    public long? Bytes { get; init; }
    public long? Blobs { get; init; }
}

namespace Recorder.Media;

internal sealed record Extent
{
    /// <summary>Number within the recording, from 1.</summary>
    public required int Number { get; init; }

    public required string Path { get; init; }

    /// <summary>Bytes of the announced blobs; the file may be longer.</summary>
    public required long Bytes { get; init; }

    public required TimeSpan MediaTime { get; init; }

    public required TimeSpan Duration { get; init; }

    public required DateTimeOffset CapturedAt { get; init; }

    public required long FirstBlob { get; init; }

    public required long LastBlob { get; init; }

    public int Epoch { get; init; }

    /// <summary>The node that stores the file; null for this one, and outside a cluster.</summary>
    public string? Node { get; init; }

    /// <summary>Whether its node recorded it after another node had taken over the recorder.</summary>
    public bool IsLate { get; init; }
}

namespace Recorder.Media;

/// <summary>One file of a recording.</summary>
internal sealed record Extent
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required string Path { get; init; }

    /// <summary>Bytes of its announced blobs: the file may be longer.</summary>
    public required long Bytes { get; init; }

    /// <summary>Where it begins on the recording's timeline.</summary>
    public required TimeSpan MediaTime { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Wall-clock capture time of its first packet.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    public required long FirstBlob { get; init; }

    public required long LastBlob { get; init; }

    public int Epoch { get; init; }

    /// <summary>The node that has it; null for this one, and on a node of its own.</summary>
    public string? Node { get; init; }

    /// <summary>Whether its node recorded it when the recorder was another's already.</summary>
    public bool IsLate { get; init; }
}

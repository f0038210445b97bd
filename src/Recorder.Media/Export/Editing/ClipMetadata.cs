namespace Recorder.Media.Export.Editing;

/// <summary>What a file says of itself to an editor. Null leaves a value out.</summary>
internal sealed record ClipMetadata
{
    public string? Project { get; init; }

    /// <summary>The camera: "A".</summary>
    public string? Camera { get; init; }

    public string? Angle { get; init; }

    public string? Scene { get; init; }

    public int? Take { get; init; }

    public string? Reel { get; init; }

    public bool? IsGood { get; init; }

    public string? Note { get; init; }

    /// <summary>The name of the clip, without extension.</summary>
    public string? Name { get; init; }

    public DateTimeOffset? RecordedAt { get; init; }
}

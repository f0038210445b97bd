namespace Recorder.Contracts;

/// <summary>How long a recorder's recordings are kept. What is exceeded goes, oldest extent first; without either, nothing does.</summary>
/// <param name="MaxAge">Extents whose last media is older than this go; null keeps them.</param>
/// <param name="MaxBytes">Bytes of all extents of the recorder; null is as many as the volume takes.</param>
public sealed record RetentionPolicy(TimeSpan? MaxAge = null, long? MaxBytes = null);

/// <summary>A recorder as a node keeps it: defined once, made again at every start of the node.</summary>
public sealed record RecorderDefinition
{
    /// <summary>Its name.</summary>
    public required RecorderId Id { get; init; }

    /// <summary>The capture source's URI, with its credentials.</summary>
    public required string Source { get; init; }

    /// <summary>How it records.</summary>
    public required RecorderOptions Options { get; init; }

    /// <summary>Media time per blob when it is started without saying; null gathers everything into one.</summary>
    public TimeSpan? Timeslice { get; init; }

    /// <summary>What users call it by: at most 32, names like ids, values up to 200 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>How long its recordings are kept.</summary>
    public RetentionPolicy Retention { get; init => field = value ?? new RetentionPolicy(); } = new();

    /// <summary>What it is meant to be: a node that starts again makes it so.</summary>
    public RecorderState Desired { get; init; } = RecorderState.Inactive;
}

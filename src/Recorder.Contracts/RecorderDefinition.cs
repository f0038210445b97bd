using System.Text.Json.Serialization;

namespace Recorder.Contracts;

/// <summary>
/// How long a recorder's recordings are kept. Beyond a limit the oldest extents are removed; without a limit nothing is
/// removed.
/// </summary>
/// <param name="MaxAge">Extents whose last media is older than this are removed; null for no limit.</param>
/// <param name="MaxBytes">Maximum size of all the recorder's extents in bytes; null for no limit.</param>
public sealed record RetentionPolicy(TimeSpan? MaxAge = null, long? MaxBytes = null);

/// <summary>The definition of a recorder. A node stores it and recreates the recorder from it at every start.</summary>
public sealed record RecorderDefinition
{
    /// <summary>The recorder's id.</summary>
    public required RecorderId Id { get; init; }

    /// <summary>The capture source's URI, including credentials.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// A second source of the same picture, usually a smaller one, for those who only look: its URI, including credentials. It is never recorded. Null for none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preview { get; init; }

    /// <summary>How the recorder records.</summary>
    public required RecorderOptions Options { get; init; }

    /// <summary>Media time per blob when a start gives none; null makes one blob of the whole recording.</summary>
    public TimeSpan? Timeslice { get; init; }

    /// <summary>Labels to find the recorder by: at most 32, named like ids, with values of up to 200 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>How long the recorder's recordings are kept.</summary>
    public RetentionPolicy Retention { get; init => field = value ?? new RetentionPolicy(); } = new();

    /// <summary>The desired state. A node that restarts brings the recorder back into it.</summary>
    public RecorderState Desired { get; init; } = RecorderState.Inactive;
}

namespace Recorder.Contracts;

/// <summary>The names of errors and refusals: DOM exception names (W3C MediaStream Recording, section 3.4).</summary>
public enum ErrorName
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The operation failed for a reason that the specification does not name: a source, a codec or a disk.</summary>
    UnknownError = 1,

    /// <summary>The command does not fit the recorder's state.</summary>
    InvalidStateError = 2,

    /// <summary>The MIME type, an option or the source is not supported.</summary>
    NotSupportedError = 3,

    /// <summary>The caller may not use the source.</summary>
    SecurityError = 4,

    /// <summary>A track was added to or removed from the source while recording.</summary>
    InvalidModificationError = 5,
}

/// <summary>An error: its name and a message for users.</summary>
/// <param name="Name">The DOM error name.</param>
/// <param name="Message">What went wrong, where, and what to do about it. Credentials are masked.</param>
public sealed record MediaError(ErrorName Name, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Message}";
}

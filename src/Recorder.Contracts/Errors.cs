namespace Recorder.Contracts;

/// <summary>The DOM error names that a recorder raises or refuses with (W3C MediaStream Recording, section 3.4).</summary>
public enum ErrorName
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The operation failed for a reason outside the specification: source, codec, disk.</summary>
    UnknownError = 1,

    /// <summary>The command does not fit the recorder's state.</summary>
    InvalidStateError = 2,

    /// <summary>The MIME type, an option or the source cannot be recorded.</summary>
    NotSupportedError = 3,

    /// <summary>The caller may not use the source.</summary>
    SecurityError = 4,

    /// <summary>A track was added to or removed from the source while recording.</summary>
    InvalidModificationError = 5,
}

/// <summary>What went wrong, where, and what to do: one sentence, with credentials masked.</summary>
/// <param name="Name">The DOM error name.</param>
/// <param name="Message">The sentence.</param>
public sealed record MediaError(ErrorName Name, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Message}";
}

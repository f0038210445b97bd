namespace Recorder.Contracts;

/// <summary>The id of a take: the time at which it was armed, in UTC, and a counter, so that ids sort by age.</summary>
/// <param name="Value">The id as text, for example <c>20261201T150405.123Z-1</c>.</param>
public readonly record struct TakeId(string Value)
{
    /// <summary>Makes the id of a take.</summary>
    /// <param name="armedAt">Wall-clock time at which it was armed.</param>
    /// <param name="number">Distinguishes takes that are armed in the same millisecond.</param>
    public static TakeId Create(DateTimeOffset armedAt, long number) => new(RecordingId.Create(armedAt, number).Value);

    /// <summary>Parses a take's id; returns false when the text is not a valid id.</summary>
    public static bool TryParse(string? text, out TakeId id)
    {
        id = new TakeId(text ?? "");
        return IdText.IsValid(text);
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}

using System.Globalization;
using System.Security.Cryptography;

namespace Recorder.Cluster;

/// <summary>
/// Distinguishes one run of a node's process from every other. A node that comes back with an old data folder, or an empty one, has used numbers that it
/// no longer knows of; under a new start id it cannot use one of them again.
/// </summary>
internal readonly record struct StartId(ulong Value) : IComparable<StartId>
{
    public static StartId Draw() => new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    /// <summary>Reads what <see cref="ToString"/> wrote; throws <see cref="FormatException"/> when it is nothing of the kind.</summary>
    public static StartId Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"'{text}' is not a start id of 16 hexadecimal digits.");

    /// <summary>As <see cref="Parse"/>; null when the text is no start id.</summary>
    public static StartId? TryParse(string? text) =>
        ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) ? new StartId(value) : null;

    public int CompareTo(StartId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

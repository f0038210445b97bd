using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Client;

/// <summary>
/// How far a reader of events is. Any node of the cluster can continue from it, after the reader's own restart too: persist
/// <see cref="ToString"/> and read it back with <see cref="Parse"/>.
/// </summary>
/// <remarks>
/// It has the position that the nodes give (a number in each node's journal) and the number of each recorder's last event: its
/// sequence and, in a cluster, the tenure under which it was raised. A cluster's position may lie before events that it sent already;
/// by the numbers a reader recognises them.
/// </remarks>
public sealed class EventPosition : IEquatable<EventPosition>
{
    // More recorders than a cluster has. Without their numbers a reader may get an event twice, after a connection broke.
    private const int MostRecorders = 10_000;

    private readonly ImmutableSortedDictionary<string, Number> _last;

    private EventPosition(string stream, ImmutableSortedDictionary<string, Number> last) => (Stream, _last) = (stream, last);

    internal static EventPosition Start { get; } = new("", ImmutableSortedDictionary.Create<string, Number>(StringComparer.Ordinal));

    /// <summary>What a node takes as <c>Last-Event-ID</c>; "" before the first.</summary>
    internal string Stream { get; }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is no position.</exception>
    public static EventPosition Parse(string text) =>
        TryParse(text, out var position) ? position : throw new FormatException($"'{text}' is not a position of events.");

    /// <summary>Reads what <see cref="ToString"/> wrote; returns false when the text is no position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">The position.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EventPosition? position)
    {
        position = null;
        if (text is null || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return false;

        var parts = text.Split(';');
        var last = Start._last.ToBuilder();
        foreach (var entry in parts.Skip(1).SelectMany(part => part.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (entry.Split(':') is not [{ Length: > 0 } recorder, var digits] || Number.Read(digits) is not { } number)
                return false;

            last[recorder] = number;
        }

        position = parts.Length <= 2 ? new EventPosition(parts[0], last.ToImmutable()) : null;
        return position is not null;
    }

    /// <summary>Writes the position as one line of printable ASCII; its length grows with the number of recorders.</summary>
    public override string ToString() => _last.Count == 0
        ? Stream
        : $"{Stream};{string.Join(',', _last.Select(entry => $"{entry.Key}:{entry.Value}"))}";

    /// <inheritdoc/>
    public bool Equals(EventPosition? other) => ReferenceEquals(this, other)
        || (other is not null && Stream == other.Stream && (ReferenceEquals(_last, other._last) || _last.SequenceEqual(other._last)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EventPosition);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stream, _last.Count);

    internal bool Has(RecorderProtocol.IEvent raised) => _last.TryGetValue(raised.Recorder.Value, out var last) && last.Includes(NumberOf(raised));

    internal EventPosition At(string stream) => new(stream, _last);

    internal EventPosition With(RecorderProtocol.IEvent raised)
    {
        var recorder = raised.Recorder.Value;
        return new(Stream, (_last.Count < MostRecorders || _last.ContainsKey(recorder) ? _last : Start._last).SetItem(recorder, NumberOf(raised)));
    }

    /// <summary>The same place without the recorders' numbers, which begin anew with a journal.</summary>
    internal EventPosition WithoutNumbers() => new(Stream, Start._last);

    private static Number NumberOf(RecorderProtocol.IEvent raised) => new(raised.Tenure, raised.Sequence);

    /// <summary>Written <c>42</c>, or <c>3000042@3/n1/0123456789abcdef</c> in a cluster.</summary>
    private sealed record Number(EventTenure? Tenure, long Sequence)
    {
        public static Number? Read(string text)
        {
            var parts = text.Split('@');
            if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
                return null;

            return parts.Length == 1 ? new Number(null, sequence)
                : parts.Length == 2 && parts[1].Split('/') is [var digits, { Length: > 0 } node, { Length: > 0 } start]
                    && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var term)
                    ? new Number(new EventTenure(term, node, start), sequence)
                    : null;
        }

        // Of an event that was raised, or a position that was persisted, before events had tenures, the sequence tells.
        public bool Includes(Number other) =>
            Tenure is null || other.Tenure is null || Tenure == other.Tenure ? other.Sequence <= Sequence : other.Tenure < Tenure;

        public override string ToString() => Tenure is null
            ? Sequence.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Sequence}@{Tenure.Term}/{Tenure.Node}/{Tenure.Start}");
    }
}

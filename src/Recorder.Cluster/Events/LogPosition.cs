using System.Collections.Immutable;
using System.Globalization;

namespace Recorder.Cluster.Events;

/// <summary>
/// How far a reader of a cluster's events is: a number in each node's journal, written <c>n1:1042,n2:877</c>. Any node can go on from it.
/// </summary>
internal sealed class LogPosition
{
    public static readonly LogPosition Empty = new(ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, long> _numbers;
    private string? _text;

    private LogPosition(ImmutableSortedDictionary<string, long> numbers) => _numbers = numbers;

    public IEnumerable<string> Nodes => _numbers.Keys;

    /// <summary>Where in a node's journal; null when the reader has nothing of it.</summary>
    public long? this[string node] => _numbers.TryGetValue(node, out var number) ? number : null;

    /// <summary>Reads what <see cref="ToString"/> writes; null when it is nothing of the kind.</summary>
    public static LogPosition? Read(string text)
    {
        var numbers = Empty._numbers.ToBuilder();
        foreach (var part in text.Split(','))
        {
            if (part.Split(':') is not [{ Length: > 0 } node, var digits]
                || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            numbers[node] = number;
        }

        return new LogPosition(numbers.ToImmutable());
    }

    /// <summary>The same position with another number in one node's journal.</summary>
    public LogPosition With(string node, long number) => new(_numbers.SetItem(node, number));

    /// <summary>Whether the reader has an entry of a node's journal.</summary>
    public bool Covers(string node, long number) => _numbers.TryGetValue(node, out var reached) && number <= reached;

    /// <summary>Of each node's journal the further one of two positions.</summary>
    public LogPosition MergeWith(LogPosition other)
    {
        var numbers = _numbers.ToBuilder();
        foreach (var (node, number) in other._numbers)
        {
            if (!numbers.TryGetValue(node, out var own) || own < number)
                numbers[node] = number;
        }

        return new LogPosition(numbers.ToImmutable());
    }

    public override string ToString() =>
        _text ??= string.Join(',', _numbers.Select(it => string.Create(CultureInfo.InvariantCulture, $"{it.Key}:{it.Value}")));
}

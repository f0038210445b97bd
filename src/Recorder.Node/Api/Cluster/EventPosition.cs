
namespace Recorder.Node.Api;

/// <summary>
/// How far a reader of a cluster's events is: a number in each node's journal, written <c>n1:1042,n2:877</c>. Any node can go on from it.
/// </summary>
internal sealed class EventPosition
{
    private readonly SortedDictionary<string, long> _numbers = new(StringComparer.Ordinal);

    public static EventPosition Empty => new();

    /// <summary>A position in one node's journal.</summary>
    public static EventPosition Of(string node, long number)
    {
        var position = new EventPosition();
        position.Reach(node, number);
        return position;
    }

    /// <summary>Where in a node's journal; null when the reader has nothing of it.</summary>
    public long? this[string node] => _numbers.TryGetValue(node, out var number) ? number : null;

    /// <summary>Reads what <see cref="ToString"/> writes; null when it is nothing of the kind.</summary>
    public static EventPosition? Read(string text)
    {
        var position = new EventPosition();
        foreach (var part in text.Split(','))
        {
            if (part.Split(':') is not [{ Length: > 0 } node, var digits]
                || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            position._numbers[node] = number;
        }

        return position;
    }

    public EventPosition Copy()
    {
        var copy = new EventPosition();
        foreach (var (node, number) in _numbers)
        {
            copy._numbers[node] = number;
        }

        return copy;
    }

    public void Reach(string node, long number) => _numbers[node] = number;

    public override string ToString() =>
        string.Join(',', _numbers.Select(it => string.Create(CultureInfo.InvariantCulture, $"{it.Key}:{it.Value}")));
}

namespace Recorder.Node.Configuration;

/// <summary>A group of recorders that a HyperDeck's remote control starts and stops as one.</summary>
/// <param name="Name">What the group is called.</param>
/// <param name="Recorders">Ids of recorders, or labels as NAME:VALUE, which mean all recorders that have them.</param>
/// <param name="Port">The TCP port on which the group is controlled.</param>
internal sealed record HyperDeckGroup(string Name, IReadOnlyList<string> Recorders, int Port)
{
    public const int UsualPort = 9993;

    /// <summary>Reads <c>studio=cam-1+cam-2@9993</c>.</summary>
    public static HyperDeckGroup? Read(string text, out string problem)
    {
        problem = $"'{text}' is not a group; expected NAME=RECORDER+RECORDER@PORT, for example studio=cam-1+cam-2@{UsualPort}.";
        var (equals, at) = (text.IndexOf('=', StringComparison.Ordinal), text.LastIndexOf('@'));
        if (equals <= 0 || (at >= 0 && at < equals))
            return null;

        var name = text[..equals];
        if (!RecorderId.TryParse(name, out _))
        {
            problem = $"'{text}': '{name}' cannot be the name of a group; use 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start.";
            return null;
        }

        var recorders = (at < 0 ? text[(equals + 1)..] : text[(equals + 1)..at]).Split('+');
        if (Array.Find(recorders, recorder => !IsSelector(recorder)) is { } wrong)
        {
            problem = $"'{text}': '{wrong}' is neither a recorder's id nor a label; expected for example cam-1, or role:stage for a label.";
            return null;
        }

        if (recorders.Distinct(StringComparer.Ordinal).Count() < recorders.Length)
        {
            problem = $"'{text}' names a recorder twice.";
            return null;
        }

        var port = UsualPort;
        if (at >= 0 && (!int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > ushort.MaxValue))
        {
            problem = $"'{text}': '{text[(at + 1)..]}' is not a port; expected 1 to 65535, for example {UsualPort}.";
            return null;
        }

        problem = "";
        return new HyperDeckGroup(name, recorders, port);
    }

    /// <summary>As <see cref="Read"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}={string.Join('+', Recorders)}@{Port}");

    /// <summary>Finds what two of several groups must not have in common; null when all is well.</summary>
    public static string? FindConflict(IReadOnlyList<HyperDeckGroup> groups) =>
        groups.GroupBy(group => group.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } named
            ? $"has two groups named '{named.Key}'; give each its own name."
        : groups.GroupBy(group => group.Port).FirstOrDefault(same => same.Count() > 1) is { } same
            ? $"has two groups on port {same.Key}, '{same.First().Name}' and '{same.Last().Name}'; give each its own, as in {same.Last().Name}=…@{same.Key + 1}."
        : null;

    private static bool IsSelector(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return RecorderId.TryParse(colon < 0 ? text : text[..colon], out _) && colon < text.Length - 1;
    }
}

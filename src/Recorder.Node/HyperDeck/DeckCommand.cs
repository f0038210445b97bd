namespace Recorder.Node.HyperDeck;

/// <summary>A command as it was read.</summary>
/// <param name="Name">Its name in lower case; "" for a line that names none.</param>
/// <param name="Parameters">The parameters by name, in lower case.</param>
internal sealed record DeckCommand(string Name, IReadOnlyDictionary<string, string> Parameters)
{
    public static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    /// <summary>The answer to a command that cannot be carried out as it is written; null for one that can.</summary>
    public DeckResult? Problem { get; init; }

    /// <summary>Whether the client sends what is no text of this protocol, and the rest of it cannot be found.</summary>
    public bool IsHopeless { get; init; }

    public bool IsQuery => Parameters.Count == 0;

    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);

    public static DeckCommand Wrong(DeckResult problem, string name = "") => new(name, NoParameters) { Problem = problem };
}

using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>
/// Which nodes a recorder can live on: a label <c>on.NAME</c> of a recorder asks for the label <c>NAME</c> of a node, with the same value.
/// </summary>
internal static class Placement
{
    private const string Prefix = "on.";

    /// <summary>The labels that a node needs.</summary>
    public static IReadOnlyDictionary<string, string> Required(RecorderDefinition definition) =>
        definition.Labels.Where(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal) && label.Key.Length > Prefix.Length)
            .ToDictionary(label => label.Key[Prefix.Length..], label => label.Value);
}

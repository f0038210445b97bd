using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>What a recorder's labels say of where it may be: <c>on.NAME</c> requires a node's label NAME of the same value, and <c>camera.connections</c>
/// with the value 1 says that its camera allows one connection.</summary>
internal static class Placing
{
    private const string Prefix = "on.";

    /// <summary>The labels that a node needs, as <c>name:value</c> with commas between; "" for none.</summary>
    public static string PlaceOf(RecorderDefinition definition) => string.Join(
        ',', definition.Labels.Where(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal) && label.Key.Length > Prefix.Length)
            .Select(label => $"{label.Key[Prefix.Length..]}:{label.Value}").Order(StringComparer.Ordinal));

    public static bool IsExclusive(RecorderDefinition definition) => definition.Labels.GetValueOrDefault("camera.connections") == "1";
}

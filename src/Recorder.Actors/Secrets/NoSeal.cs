namespace Recorder.Actors.Secrets;

/// <summary>Seals nothing.</summary>
internal sealed class NoSeal : ISecretSeal
{
    public static readonly NoSeal Instance = new();

    public string Seal(string text) => text;

    public string Open(string text) => text;
}

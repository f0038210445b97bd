namespace Recorder.Architecture.Tests;

/// <summary>The rules of the house: which namespace may use which, and what is exempt until the cluster is replaced.</summary>
internal static class House
{
    /// <summary>
    /// The namespaces of src/, each with those that it may use. A namespace that is not listed fails the spec. A project uses only namespaces of
    /// projects before it: Contracts, FFmpeg, Media, Actors, TestKit and Node.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Arrows = new Dictionary<string, string[]>
    {
    };

    /// <summary>The cluster's code and specs, which the next step replaces: exempt from arrows, cycles and sizes.</summary>
    public static readonly string[] Exempt = ["Recorder.Actors.Cluster", "Recorder.Node.Cluster", "Recorder.Cluster.Tests"];

    public const int LongestFile = 400;
    public const int LongestClass = 500;
    public const int MedianFile = 120;
    public const int MostFilesInFolder = 22;
}

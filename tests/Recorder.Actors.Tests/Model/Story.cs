using System.Collections.Immutable;
using System.Text;
using Recorder.Contracts;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Model;

/// <summary>The source and the recorder of a story.</summary>
/// <param name="Tracks">The tracks of the source.</param>
/// <param name="Options">The options of the recorder.</param>
/// <param name="Code">The options as an expression; "" for the defaults.</param>
internal sealed record Setup(ImmutableList<TrackKind> Tracks, RecorderOptions Options, string Code)
{
    public static readonly Setup Default = new([TrackKind.Video, TrackKind.Audio], new RecorderOptions(), "");

    public static readonly ImmutableArray<Setup> All =
    [
        Default,
        Default with
        {
            Options = new RecorderOptions
            {
                OpenTimeout = TimeSpan.FromSeconds(1),
                LossTimeout = TimeSpan.FromSeconds(1),
                FragmentDuration = TimeSpan.FromMilliseconds(200),
                MemoryLimit = 256 << 10,
            },
            Code = "new RecorderOptions { OpenTimeout = TimeSpan.FromSeconds(1), LossTimeout = TimeSpan.FromSeconds(1), " +
                "FragmentDuration = TimeSpan.FromMilliseconds(200), MemoryLimit = 256 << 10 }",
        },
        Default with
        {
            Options = new RecorderOptions
            {
                ExtentDuration = TimeSpan.FromMilliseconds(400),
                LossTimeout = TimeSpan.FromMilliseconds(500),
            },
            Code = "new RecorderOptions { ExtentDuration = TimeSpan.FromMilliseconds(400), " +
                "LossTimeout = TimeSpan.FromMilliseconds(500) }",
        },
        Default with
        {
            Options = new RecorderOptions
            {
                MimeType = "video/x-matroska",
                OpenTimeout = null,
                LossTimeout = TimeSpan.FromSeconds(1),
            },
            Code = "new RecorderOptions { MimeType = \"video/x-matroska\", OpenTimeout = null, " +
                "LossTimeout = TimeSpan.FromSeconds(1) }",
        },
        Default with { Tracks = [TrackKind.Video] },
        Default with { Tracks = [TrackKind.Audio] },
    ];

    private bool IsUsual => Tracks.Count == Default.Tracks.Count;

    private string Track => Tracks[0] == TrackKind.Video ? "Video" : "Audio";

    /// <summary>The first statements of a spec.</summary>
    public IEnumerable<string> Statements(int seed) =>
    [
        $"using var world = new RecorderWorld(seed: {seed});",
        $"var camera = world.Source({(IsUsual ? "" : $"\"camera\", ScriptedTrack.{Track}()")});",
        $"var recorder = world.CreateRecorder(camera{(Code.Length > 0 ? ", " + Code : "")});",
    ];

    public Stage Build(RecorderWorld world)
    {
        var camera = world.Source(
            "camera", IsUsual ? [] : [Tracks[0] == TrackKind.Video ? ScriptedTrack.Video() : ScriptedTrack.Audio()]);
        return new Stage(world, camera, world.CreateRecorder(camera, Options));
    }
}

/// <summary>A world's seed, its source and recorder, and the steps.</summary>
internal sealed record Story(int Seed, Setup Setup, ImmutableArray<Step> Steps)
{
    public override string ToString() => string.Join(' ', Steps);

    /// <summary>Prints the story as a runnable spec.</summary>
    /// <param name="statements">The statements of the steps.</param>
    /// <param name="difference">The difference at the end.</param>
    /// <param name="assertion">The statement that asserts the difference; null for none.</param>
    public string Spec(IReadOnlyList<string> statements, string difference, string? assertion)
    {
        var text = new StringBuilder().Append("[Fact]\npublic void Found_by_the_model()\n{\n");
        var viewers = statements.Any(statement => statement.StartsWith("viewers", StringComparison.Ordinal));
        string[] list = viewers ? ["var viewers = new List<Viewer>();"] : [];
        foreach (var statement in Setup.Statements(Seed).Concat(list).Concat(statements))
            text.Append("    ").Append(statement).Append('\n');

        text.Append("\n    // ").Append(difference.ReplaceLineEndings("\n    // ")).Append('\n');
        return text.Append(assertion is null ? "" : $"    {assertion}\n").Append("}\n").ToString();
    }
}

/// <summary>The model and the recorder differ.</summary>
internal sealed class StoryFailedException(string message, string difference, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The difference, as a sentence.</summary>
    public string Difference => difference;
}

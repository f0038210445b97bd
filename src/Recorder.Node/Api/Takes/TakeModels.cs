namespace Recorder.Node.Api;

/// <summary>One recorder of a take.</summary>
internal sealed class AngleInput
{
    /// <summary>The recorder's id.</summary>
    public string Recorder { get; set; } = "";

    /// <summary>What editors call the camera; the recorder's id when left out.</summary>
    public string? Camera { get; set; }

    /// <summary>The angle: the next of A, B, … when left out.</summary>
    public string? Angle { get; set; }

    /// <summary>The reel; 1 when left out.</summary>
    public string? Reel { get; set; }
}

/// <summary>A take to arm: many recorders that begin as one. Durations are milliseconds.</summary>
internal sealed class TakeInput
{
    /// <summary>The recorders, up to 256, each once.</summary>
    public IReadOnlyList<AngleInput> Angles { get; set; } = [];

    /// <summary>The project, up to 200 characters.</summary>
    public string Project { get; set; } = "";

    /// <summary>The scene, 1 to 64 characters. Takes are numbered within project and scene.</summary>
    public string Scene { get; set; } = "1";

    /// <summary>The shot, up to 64 characters.</summary>
    public string Shot { get; set; } = "";

    /// <summary>The names of the angles' files, from {project} {scene} {shot} {take} {camera} {angle} {reel} and other text.</summary>
    public string Template { get; set; } = Slate.DefaultTemplate;

    /// <summary>Notes, up to 4,000 characters.</summary>
    public string Notes { get; set; } = "";

    /// <summary>Whether the take begins only when every recorder is ready.</summary>
    public bool Strict { get; set; }

    /// <summary>The rate of the time code: 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94 or 60.</summary>
    public string Rate { get; set; } = "25";

    /// <summary>Whether the time code leaves numbers out; only at 29.97 and 59.94.</summary>
    public bool DropFrame { get; set; }

    /// <summary>The recorder of the take whose sound has linear time code (LTC), of which the take gets its time code; the node's clock when left out.</summary>
    public string? TimeCodeRecorder { get; set; }

    /// <summary>Media time per blob.</summary>
    public TimeSpan Timeslice { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A recorder is not ready while its volume has room for less than this.</summary>
    public TimeSpan LeastTimeLeft { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>When a take begins; now, if both are left out.</summary>
internal sealed class TakeStartInput
{
    /// <summary>The moment that every file contains: in the past as far as the recorders' media reaches, or up to an hour from now.</summary>
    public DateTimeOffset? At { get; set; }

    /// <summary>The same as a time before now, in milliseconds.</summary>
    public TimeSpan? Ago { get; set; }
}

/// <summary>A name for a moment of a take.</summary>
internal sealed class TakeMarkInput
{
    /// <summary>The name, 1 to 200 characters.</summary>
    public string Label { get; set; } = "";

    /// <summary>The moment; now when left out.</summary>
    public DateTimeOffset? At { get; set; }

    /// <summary>Its colour in the editor: blue, cyan, green, yellow, red, pink, purple, fuchsia, rose, lavender, sky, mint, lemon, sand, cocoa or cream.</summary>
    public string? Colour { get; set; }

    /// <summary>More about it, up to 1,000 characters.</summary>
    public string Note { get; set; } = "";
}

/// <summary>Changes of a slate; members that are left out stay as they are.</summary>
internal sealed class SlateInput
{
    /// <summary>The project.</summary>
    public string? Project { get; set; }

    /// <summary>The scene. The take gets the next number of its new scene.</summary>
    public string? Scene { get; set; }

    /// <summary>The shot.</summary>
    public string? Shot { get; set; }

    /// <summary>The template of names.</summary>
    public string? Template { get; set; }

    /// <summary>The notes.</summary>
    public string? Notes { get; set; }

    /// <summary>none, good, noGood or circled.</summary>
    public TakeRating? Rating { get; set; }
}

/// <summary>Takes, the newest first.</summary>
/// <param name="Takes">The takes.</param>
internal sealed record TakeList(IReadOnlyList<Take> Takes);

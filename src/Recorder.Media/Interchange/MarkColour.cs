namespace Recorder.Media.Interchange;

/// <summary>
/// The colours of marks, by the names that DaVinci Resolve gives them: those of its sixteen that have one of OpenTimelineIO's eleven beside them.
/// </summary>
internal enum MarkColour
{
    Blue = 0,
    Cyan = 1,
    Green = 2,
    Yellow = 3,
    Red = 4,
    Pink = 5,
    Purple = 6,

    /// <summary>OpenTimelineIO's magenta.</summary>
    Fuchsia = 7,

    /// <summary>The nearest to OpenTimelineIO's orange.</summary>
    Sand = 8,

    /// <summary>The nearest to OpenTimelineIO's black.</summary>
    Cocoa = 9,

    /// <summary>The nearest to OpenTimelineIO's white.</summary>
    Cream = 10,
}

internal static class MarkColours
{
    /// <summary>The name of a colour in OpenTimelineIO's schema.</summary>
    public static string OtioName(this MarkColour colour) => colour switch
    {
        MarkColour.Blue => "BLUE",
        MarkColour.Cyan => "CYAN",
        MarkColour.Green => "GREEN",
        MarkColour.Yellow => "YELLOW",
        MarkColour.Red => "RED",
        MarkColour.Pink => "PINK",
        MarkColour.Purple => "PURPLE",
        MarkColour.Fuchsia => "MAGENTA",
        MarkColour.Sand => "ORANGE",
        MarkColour.Cocoa => "BLACK",
        MarkColour.Cream => "WHITE",
        _ => throw new ArgumentOutOfRangeException(nameof(colour), colour, "No such colour of a mark."),
    };

    /// <summary>The name of a colour in a marker EDL of DaVinci Resolve.</summary>
    public static string ResolveName(this MarkColour colour) => $"ResolveColor{colour}";
}

using System.Collections.Immutable;
using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>A take as an editor gets it: one timeline from <see cref="Start"/>, and on it a file for each angle and the marks.</summary>
internal sealed record EditTake
{
    /// <summary>What the editor shows: "12A take 3".</summary>
    public required string Name { get; init; }

    public string Project { get; init; } = "";

    public string Scene { get; init; } = "";

    public string Shot { get; init; } = "";

    public int Take { get; init; }

    public string Notes { get; init; } = "";

    /// <summary>Where its time code comes from: "clock", or "ltc:" and the recorder that has it in its sound.</summary>
    public string TimeCodeSource { get; init; } = "clock";

    public EditRating Rating { get; init; }

    /// <summary>The time code of the timeline's first frame: that of the angle that begins first, or the moment for which the take was set.</summary>
    public required TimeCode Start { get; init; }

    /// <summary>How long the timeline is, up to 24 hours.</summary>
    public required long Frames { get; init; }

    /// <summary>In the order in which an editor lists them. The sound of the first that has any is heard.</summary>
    public required ImmutableArray<EditAngle> Angles { get; init; }

    public ImmutableArray<EditMark> Marks { get; init; } = [];

    /// <summary>Whether the time code begins again at 00:00:00:00 within the take.</summary>
    public bool PassesMidnight => Start.Frame + Frames > DayOf(Start);

    /// <summary>How far after the timeline's first frame a frame with this time code is. The time code may be that of the next day.</summary>
    public long OffsetOf(TimeCode timeCode)
    {
        var day = DayOf(Start);
        return (timeCode.Frame - Start.Frame + day) % day;
    }

    /// <summary>How many frames 24 hours have, as the time code counts them.</summary>
    public static long DayOf(TimeCode timeCode) => TimeCode.At(-1, timeCode.Rate, timeCode.IsDropFrame).Frame + 1;
}

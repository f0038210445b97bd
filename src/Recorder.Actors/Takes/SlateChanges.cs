using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

internal static class SlateChanges
{
    /// <summary>Applies a change, and says what it changed.</summary>
    /// <param name="number">The number in another scene; null when the scene stays.</param>
    public static (Slate Slate, IReadOnlyList<SlateChange> Changes) Apply(Slate slate, TakeProtocol.Change change, int? number, DateTimeOffset now)
    {
        var changed = slate with
        {
            Project = change.Project ?? slate.Project,
            Scene = change.Scene ?? slate.Scene,
            Shot = change.Shot ?? slate.Shot,
            Template = change.Template ?? slate.Template,
            Notes = change.Notes ?? slate.Notes,
            Rating = change.Rating ?? slate.Rating,
            Take = number ?? slate.Take,
        };
        return (changed, [.. Members(slate).Zip(Members(changed)).Where(pair => pair.First.Value != pair.Second.Value)
            .Select(pair => new SlateChange(now, pair.First.Name, pair.First.Value, pair.Second.Value))]);
    }

    private static IEnumerable<(string Name, string Value)> Members(Slate slate) =>
    [
        ("project", slate.Project), ("scene", slate.Scene), ("shot", slate.Shot), ("take", slate.Take.ToString(CultureInfo.InvariantCulture)),
        ("template", slate.Template), ("notes", slate.Notes), ("rating", char.ToLowerInvariant(slate.Rating.ToString()[0]) + slate.Rating.ToString()[1..]),
    ];
}

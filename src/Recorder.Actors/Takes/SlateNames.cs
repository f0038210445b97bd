using System.Globalization;
using System.Text;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>Makes the names of a take's files from the template of its slate.</summary>
internal static class SlateNames
{
    private const int LongestName = 200;

    private static readonly string[] Members = ["project", "scene", "shot", "take", "camera", "angle", "reel"];

    /// <summary>Names every angle; two names never are the same, because the second would overwrite the first.</summary>
    /// <returns>The sentence that says what is wrong; null when every angle has a name.</returns>
    public static string? Name(Slate slate, IReadOnlyList<TakeAngle> angles, out IReadOnlyList<TakeAngle> named)
    {
        named = [.. angles.Select(angle => angle with { Name = Expand(slate, angle) })];
        var same = named.GroupBy(angle => angle.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        return FindInTemplate(slate.Template)
            ?? (same is null
                ? named.Select(angle => FindInName(angle.Name)).FirstOrDefault(wrong => wrong is not null)
                : $"'{slate.Template}' names the files of {string.Join(" and ", same.Select(angle => angle.Recorder))} '{same.Key}', and one would overwrite " +
                    "the other; use {camera} or {angle} in the template, or give the angles other names.");
    }

    /// <summary>Gives a take its number, which is part of its angles' names.</summary>
    public static Take Number(Take take, int number)
    {
        var slate = take.Slate with { Take = number };
        _ = Name(slate, take.Angles, out var named);
        return take with { Slate = slate, Angles = named };
    }

    private static string Expand(Slate slate, TakeAngle angle)
    {
        var name = new StringBuilder(slate.Template);
        foreach (var member in Members)
            name.Replace("{" + member + "}", ValueOf(member, slate, angle));

        return name.ToString();
    }

    private static string ValueOf(string member, Slate slate, TakeAngle angle) => member switch
    {
        "project" => slate.Project,
        "scene" => slate.Scene,
        "shot" => slate.Shot,
        "take" => slate.Take.ToString(CultureInfo.InvariantCulture),
        "camera" => angle.Camera,
        "angle" => angle.Angle,
        _ => angle.Reel,
    };

    private static string? FindInTemplate(string template)
    {
        for (var from = template.IndexOf('{', StringComparison.Ordinal); from >= 0; from = template.IndexOf('{', from + 1))
        {
            var to = template.IndexOf('}', from);
            if (to < 0 || !Members.Contains(template[(from + 1)..to]))
                return $"'{template}' is no template: the names in braces are {{{string.Join("}, {", Members)}}}.";
        }

        return null;
    }

    private static string? FindInName(string name) =>
        name.Length is 0 or > LongestName ? $"A file's name has 1 to {LongestName} characters; '{name}' has {name.Length}."
            : name.Trim(' ', '.') != name ? $"'{name}' cannot name a file: it begins or ends with a space or a dot."
            : name.AsSpan().IndexOfAny(SlateCheck.Forbidden) >= 0 || name.Any(char.IsControl)
                ? $"'{name}' cannot name a file: it contains one of {SlateCheck.ForbiddenText}."
            : null;
}

using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Recorder.Architecture.Tests;

/// <summary>Which namespace may use which (ARCHITECTURE.md, "Projects and arrows").</summary>
public sealed class ArrowSpecs
{
    private static readonly Lazy<IReadOnlyList<Use>> Uses = new(Load);

    [Fact]
    public void A_namespace_uses_only_those_that_it_may_use()
    {
        var wrong = Uses.Value.Where(use => !(House.Arrows.GetValueOrDefault(use.From)?.Contains(use.To) ?? false));

        wrong.Select(use => $"{use.From} may not use {use.To}: {use.Type} uses {use.Used}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_arrow_that_is_allowed_is_used()
    {
        var used = Uses.Value.Select(use => (use.From, use.To)).ToHashSet();

        House.Arrows.SelectMany(entry => entry.Value.Select(to => (From: entry.Key, To: to))).Where(arrow => !used.Contains(arrow))
            .Select(arrow => $"{arrow.From} does not use {arrow.To} any more").ShouldBeEmpty();
    }

    [Fact]
    public void No_namespaces_use_each_other_in_a_circle()
    {
        var arrows = Uses.Value.GroupBy(use => use.From)
            .ToDictionary(group => group.Key, group => group.Select(use => use.To).Distinct().ToList());

        CycleIn(arrows).ShouldBeNull();
    }

    // The specs above prove nothing if the reader finds nothing: these are arrows that there have to be.
    [Fact]
    public void The_arrows_of_a_field_a_call_and_an_inherited_type_are_found()
    {
        Uses.Value.ShouldContain(use => use.From == "Actors.Recording" && use.To == "Actors.Storage" && use.Used == "RecordingStore");
        Uses.Value.ShouldContain(use => use.From == "Media.Export" && use.To == "FFmpeg" && use.Used == "Muxer");
        Uses.Value.ShouldContain(use => use.From == "Node.Cli" && use.To == "Node.Cli.Serving");
    }

    private static string? CycleIn(Dictionary<string, List<string>> arrows)
    {
        var done = new HashSet<string>();
        foreach (var start in arrows.Keys)
        {
            if (Walk(start, []) is { } cycle)
                return cycle;
        }

        return null;

        string? Walk(string at, List<string> path)
        {
            if (path.Contains(at))
                return string.Join(" → ", [.. path.SkipWhile(step => step != at), at]);

            return !done.Contains(at) && arrows.GetValueOrDefault(at) is { } next
                ? next.Select(to => Walk(to, [.. path, at])).FirstOrDefault(cycle => cycle is not null) ?? Finish(at)
                : null;
        }

        string? Finish(string at)
        {
            done.Add(at);
            return null;
        }
    }

    private static List<Use> Load()
    {
        var architecture = new ArchLoader().LoadFilteredDirectory(AppContext.BaseDirectory, "Recorder.*.dll")
            .LoadFilteredDirectory(AppContext.BaseDirectory, "recorder.dll").Build();
        return
        [
            .. architecture.Types.SelectMany(type => type.Dependencies.Select(dependency => (Type: type, Used: dependency.Target)))
                .Where(use => use.Used is not GenericParameter && IsOurs(use.Type) && IsOurs(use.Used))
                .Select(use => new Use(NameOf(use.Type), NameOf(use.Used), use.Type.Name, use.Used.Name))
                .Where(use => use.From != use.To).Distinct(),
        ];
    }

    private static string NameOf(IType type) => type.Namespace.FullName["Recorder.".Length..];

    private static bool IsOurs(IType type) =>
        type.Namespace?.FullName is { } name && name.StartsWith("Recorder.", StringComparison.Ordinal) && !name.Contains("Tests");

    private sealed record Use(string From, string To, string Type, string Used);
}

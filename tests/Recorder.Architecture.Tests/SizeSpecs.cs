using System.Text.RegularExpressions;

namespace Recorder.Architecture.Tests;

/// <summary>No file, class or folder is larger than a reader can take in.</summary>
public sealed partial class SizeSpecs
{
    private static readonly string Root = FindRoot();
    private static readonly IReadOnlyList<Source> Files = [.. Read("src"), .. Read("tests")];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Files.Where(file => file.Lines.Length > House.LongestFile).Select(file => $"{file.Path}: {file.Lines.Length} lines").ShouldBeEmpty();

    [Fact]
    public void No_class_is_longer_than_500_lines_over_all_its_files() =>
        Files.SelectMany(file => file.Types).GroupBy(type => type.Name).Select(group => (group.Key, Lines: group.Sum(type => type.Lines)))
            .Where(type => type.Lines > House.LongestClass).Select(type => $"{type.Key}: {type.Lines} lines").ShouldBeEmpty();

    [Fact]
    public void Half_of_the_files_are_shorter_than_120_lines() =>
        Files.Select(file => file.Lines.Length).Order().ElementAt(Files.Count / 2).ShouldBeLessThan(House.MedianFile);

    [Fact]
    public void No_folder_of_src_has_more_files_than_a_reader_can_survey() =>
        Files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)).GroupBy(file => Path.GetDirectoryName(file.Path))
            .Where(folder => folder.Count() > House.MostFilesInFolder).Select(folder => $"{folder.Key}: {folder.Count()} files").ShouldBeEmpty();

    // A folder below a namespace groups its files; a namespace never lies elsewhere than in its folder.
    [Fact]
    public void A_file_lies_in_the_folder_of_its_namespace_or_below_it() =>
        Files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Namespace.Length > 0)
            .Where(file => !$"{NameOf(file)}.".StartsWith($"{file.Namespace}.", StringComparison.Ordinal))
            .Select(file => $"{file.Path}: {file.Namespace}").ShouldBeEmpty();

    private static string NameOf(Source file) =>
        Path.GetDirectoryName(file.Path)!["src/".Length..].Replace('/', '.').Replace("Recorder.TestKit", "Recorder.Testing", StringComparison.Ordinal);

    private static IEnumerable<Source> Read(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Contains("/obj/") && !path.Contains("/bin/") && !path.Contains("/Generated/"))
            .Select(path => new Source(path, File.ReadAllLines(Path.Combine(Root, path))));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Recorder.sln")))
            folder = folder.Parent!;

        return folder.FullName;
    }

    [GeneratedRegex(@"^(?:\w+ )*(?:class|record|struct|interface) (?:struct )?(\w+)")]
    private static partial Regex Declaration();

    private sealed record Source(string Path, string[] Lines)
    {
        public string Namespace { get; } =
            Lines.FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';') ?? "";

        // The format check keeps a type's first and last line, and nothing else of it, at the left margin.
        public IEnumerable<(string Name, int Lines)> Types
        {
            get
            {
                for (var at = 0; at < Lines.Length; at++)
                {
                    if (Declaration().Match(Lines[at]) is { Success: true } declared)
                    {
                        var end = Array.IndexOf(Lines, "}", at);
                        yield return ($"{Namespace}.{declared.Groups[1].Value}", (end < 0 ? at : end) - at + 1);
                    }
                }
            }
        }
    }
}

using System.Reflection.Metadata;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace SampleSpecs;

/// <summary>The packages that <c>dotnet pack</c> creates.</summary>
public class PackageSpecs
{
    private const string Version = "0.1.0";

    // The kind "embedded source" of custom debug information in a portable PDB.
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private static readonly string[] All = ["Recorder.Actors", "Recorder.Client", "Recorder.Contracts", "Recorder.FFmpeg", "Recorder.Media", "Recorder.Rtsp", "Recorder.TestKit"];

    public static TheoryData<string> Ids => [.. All];

    [Fact]
    public void Six_packages_are_made_each_with_its_symbols_and_nothing_else()
    {
        var expected = All.SelectMany(id => new[] { $"{id}.{Version}.nupkg", $"{id}.{Version}.snupkg" }).Order(StringComparer.Ordinal);

        Assert.Equal(expected, Directory.GetFiles(Repository.Packages).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_says_what_it_is_and_holds_its_readme_its_icon_and_its_documentation(string id)
    {
        using var package = new Package($"{id}.{Version}.nupkg");

        Assert.Equal(id, package.Says("id"));
        Assert.True(package.Says("description").Length > 60);
        Assert.NotEmpty(package.Says("tags"));
        Assert.Equal("Apache-2.0", package.Says("license"));
        Assert.StartsWith($"# {id}\n", Encoding.UTF8.GetString(package.Read(package.Says("readme"))), StringComparison.Ordinal);
        Assert.Equal("PNG"u8.ToArray(), package.Read(package.Says("icon"))[1..4]);
        Assert.Contains($"lib/net10.0/{id}.dll", package.Files);
        Assert.Contains($"lib/net10.0/{id}.xml", package.Files);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_depends_on_the_versions_that_it_was_built_and_tested_with(string id)
    {
        var central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        using var package = new Package($"{id}.{Version}.nupkg");

        foreach (var (dependency, version) in package.Dependencies)
        {
            Assert.Equal((dependency, dependency.StartsWith("Recorder.", StringComparison.Ordinal) ? Version : central[dependency]), (dependency, version));
        }

        string[] ours = id switch
        {
            "Recorder.Actors" => ["Recorder.Contracts", "Recorder.FFmpeg", "Recorder.Media", "Recorder.Rtsp"],
            "Recorder.Client" => ["Recorder.Contracts"],
            "Recorder.Media" => ["Recorder.Contracts", "Recorder.FFmpeg"],
            "Recorder.Rtsp" => ["Recorder.Contracts"],
            "Recorder.TestKit" => ["Recorder.Actors", "Recorder.Client"],
            _ => [],
        };
        Assert.Equal(ours, package.Dependencies.Select(of => of.Id).Where(of => of.StartsWith("Recorder.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_symbols_hold_every_source_and_name_no_folder_of_the_machine_that_built_them(string id)
    {
        using var package = new Package($"{id}.{Version}.snupkg");
        using var bytes = new MemoryStream(package.Read($"lib/net10.0/{id}.pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(bytes);
        var pdb = provider.GetMetadataReader();

        Assert.NotEmpty(pdb.Documents);
        foreach (var document in pdb.Documents)
        {
            Assert.StartsWith("/_/", pdb.GetString(pdb.GetDocument(document).Name), StringComparison.Ordinal);
            Assert.Contains(pdb.GetCustomDebugInformation(document), info => pdb.GetGuid(pdb.GetCustomDebugInformation(info).Kind) == EmbeddedSource);
        }
    }

    [Fact]
    public void Everything_of_Recorder_that_a_sample_uses_comes_from_these_packages()
    {
        var samples = Directory.GetDirectories(Path.Combine(Repository.Root, "samples")).Select(folder => Path.GetFileName(folder))
            .Where(name => name != nameof(SampleSpecs) && File.Exists(Path.Combine(Repository.Sample(name), name + ".csproj"))).ToList();
        Assert.NotEmpty(samples);
        foreach (var sample in samples)
        {
            using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(Repository.Program(sample), ".deps.json")));
            var ours = dependencies.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Name.StartsWith("Recorder.", StringComparison.Ordinal)).ToList();

            Assert.NotEmpty(ours);
            foreach (var library in ours)
            {
                Assert.Equal("package", library.Value.GetProperty("type").GetString());
                var cached = Path.Combine(Repository.Root, "samples/.packages", library.Name.ToLowerInvariant(), ".nupkg.metadata");
                using var metadata = JsonDocument.Parse(File.ReadAllText(cached));
                Assert.Equal(Repository.Packages, Path.TrimEndingDirectorySeparator(metadata.RootElement.GetProperty("source").GetString()!));
            }
        }
    }
}

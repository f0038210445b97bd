using System.IO.Compression;
using System.Xml.Linq;

namespace SampleSpecs;

/// <summary>A NuGet package file.</summary>
internal sealed class Package : IDisposable
{
    private readonly ZipArchive _archive;

    public Package(string file)
    {
        _archive = ZipFile.OpenRead(Path.Combine(Repository.Packages, file));
        using var nuspec = Open(Files.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal)));
        Metadata = XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    public IReadOnlyList<string> Files => [.. _archive.Entries.Select(entry => entry.FullName)];

    public XElement Metadata { get; }

    public IReadOnlyList<(string Id, string Version)> Dependencies =>
    [
        .. Metadata.Descendants().Where(element => element.Name.LocalName == "dependency")
            .Select(dependency => (dependency.Attribute("id")!.Value, dependency.Attribute("version")!.Value)),
    ];

    /// <summary>A value of the package's metadata; "" when the package does not have it.</summary>
    public string Says(string name) => Metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

    public Stream Open(string file) => _archive.GetEntry(file)!.Open();

    public byte[] Read(string file)
    {
        using var from = Open(file);
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }

    public void Dispose() => _archive.Dispose();
}

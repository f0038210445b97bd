namespace Recorder.Integration.Tests.Harness;

/// <summary>A temporary folder of a test's own, removed when the test ends.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() => Root = Directory.CreateTempSubdirectory("recorder-it-").FullName;

    public string Root { get; }

    public string File(string name) => Path.Combine(Root, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A killed process may still be closing its files; what is left is in the system's temporary folder.
        }
    }
}

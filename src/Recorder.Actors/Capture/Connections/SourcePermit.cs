namespace Recorder.Actors.Capture;

/// <summary>Permits FFmpeg to open an address that was checked.</summary>
internal sealed class SourcePermit(string address) : ISourcePermit
{
    public string Address => address;
    public IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Protocols => [];

    public Exception Explain(Exception error) => error;

    public void Dispose()
    {
    }
}

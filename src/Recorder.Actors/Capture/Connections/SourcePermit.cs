namespace Recorder.Actors.Capture;

internal sealed class SourcePermit(string address) : ISourcePermit
{
    public string Address => address;
    public IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>();

    public Exception Explain(Exception error) => error;

    public void Dispose() { }
}

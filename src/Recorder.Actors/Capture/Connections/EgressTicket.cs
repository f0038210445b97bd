namespace Recorder.Actors.Capture;

internal sealed class EgressTicket(EgressProxy proxy, string id, SourceUri source, string address, int port) : ISourcePermit
{
    private volatile Exception? _cause;

    public string Id => id;
    public string Address => address;

    public IReadOnlyDictionary<string, string> Options { get; } =
        new Dictionary<string, string> { ["http_proxy"] = $"http://{id}:x@127.0.0.1:{port}" };

    public IReadOnlyList<string> Protocols => ["httpproxy"];

    public void Report(Exception? cause) => _cause = cause;

    public bool VerifiesTls => source.VerifiesTls;

    public Exception Explain(Exception error) => ConnectionFailures.Explain(source, _cause, error);
    public void Dispose() => proxy.Return(this);
}

namespace Recorder.Cluster.Runtime;

/// <summary>What is made of a registry, and made again when the registry has changed. Safe to use from any thread.</summary>
internal sealed class MadeOfRegistry<T>(RecorderRegistry registry, Func<RecorderRegistry, T> make)
    where T : class
{
    private volatile Made? _last;

    public T Value
    {
        get
        {
            // Read first: what changes while it is made is not in it, and the next reader makes it again.
            var revision = registry.Revision;
            if (_last is { } last && last.Revision == revision)
                return last.Value;

            var made = new Made(revision, make(registry));
            _last = made;
            return made.Value;
        }
    }

    private sealed record Made(long Revision, T Value);
}

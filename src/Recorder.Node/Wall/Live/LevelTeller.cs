using System.Threading.Channels;
using Recorder.Actors.Capture;
using Recorder.Node.Api;

namespace Recorder.Node.Wall;

/// <summary>The levels that one socket wishes, told together at most ten times a second.</summary>
internal sealed class LevelTeller(LiveOutlet outlet, LevelMeters meters, RegistryClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<RecorderId, (string Source, IDisposable Listening)> _listening = [];
    private Dictionary<string, IReadOnlyList<double>> _levels = [];

    /// <summary>Listens to these recorders of this node, and to no others.</summary>
    public async Task WishAsync(IReadOnlySet<RecorderId> wished)
    {
        foreach (var recorder in _listening.Keys.Where(recorder => !wished.Contains(recorder)).ToList())
            End(recorder);

        foreach (var recorder in wished)
        {
            if (await FindAsync(recorder) is not (var source, true))
                continue;

            if (_listening.TryGetValue(recorder, out var known) && known.Source == source)
                continue;

            End(recorder);
            if (source is not null)
                _listening[recorder] = (source, meters.Listen(SourceUri.Parse(source), levels => Note(recorder, levels)));
        }
    }

    // A registry that does not answer in time changes nothing.
    private async Task<(string? Source, bool IsKnown)> FindAsync(RecorderId recorder)
    {
        try
        {
            return ((await client.FindAsync(recorder))?.Source, true);
        }
        catch (ProblemException)
        {
            return (null, false);
        }
    }

    /// <summary>Tells until the socket ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _arrived.Reader.ReadAsync(cancellationToken);
            Dictionary<string, IReadOnlyList<double>> levels;
            lock (_gate)
                (levels, _levels) = (_levels, []);

            if (levels.Count == 0)
                continue;

            await outlet.TellAsync(new LiveLevels(levels), WallJson.Plain.LiveLevels);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    public void Dispose() => _listening.Keys.ToList().ForEach(End);

    // What comes while the socket is slow replaces what has not been sent, the louder moment of the two.
    private void Note(RecorderId recorder, IReadOnlyList<double> levels)
    {
        lock (_gate)
        {
            if (_levels.TryGetValue(recorder.Value, out var waiting) && waiting.Count == levels.Count)
                levels = [.. levels.Zip(waiting, Math.Max)];

            _levels[recorder.Value] = levels;
            _arrived.Writer.TryWrite(true);
        }
    }

    private void End(RecorderId recorder)
    {
        if (!_listening.Remove(recorder, out var listening))
            return;

        listening.Listening.Dispose();
        lock (_gate)
            _levels.Remove(recorder.Value);
    }
}

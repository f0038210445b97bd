using Recorder.Actors;
using Recorder.Actors.Capture;

namespace Recorder.Node.Wall;

/// <summary>The meters of a node: one for each source that somebody listens to, however many they are. Safe to use from any thread.</summary>
internal sealed class LevelMeters(RecorderRuntime runtime)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Meter> _meters = new(StringComparer.Ordinal);

    /// <summary>Tells a listener the levels of a source about ten times a second, until the result is disposed of.</summary>
    public IDisposable Listen(SourceUri source, Action<IReadOnlyList<double>> listener)
    {
        lock (_gate)
        {
            if (!_meters.TryGetValue(source.Key, out var meter))
            {
                _meters.Add(source.Key, meter = new Meter());
                var made = meter;
                meter.Actor = runtime.System.ActorOf(Props.Create(() => new LevelActor(source, runtime.Sources, runtime.Codecs, made.Tell)));
            }

            meter.Add(listener);
            return new Listening(() => Remove(source.Key, meter, listener));
        }
    }

    private void Remove(string key, Meter meter, Action<IReadOnlyList<double>> listener)
    {
        lock (_gate)
        {
            if (!meter.Remove(listener))
                return;

            _meters.Remove(key);
            runtime.System.Stop(meter.Actor);
        }
    }

    private sealed class Meter
    {
        private volatile Action<IReadOnlyList<double>>[] _listeners = [];
        private volatile IReadOnlyList<double>? _last;

        public IActorRef Actor { get; set; } = ActorRefs.Nobody;

        public void Tell(IReadOnlyList<double> levels)
        {
            _last = levels;
            foreach (var listener in _listeners)
                listener(levels);
        }

        public void Add(Action<IReadOnlyList<double>> listener)
        {
            _listeners = [.. _listeners, listener];
            // Of a source without sound nothing more is told.
            if (_last is { } last)
                listener(last);
        }

        /// <returns>Whether nobody listens any more.</returns>
        public bool Remove(Action<IReadOnlyList<double>> listener)
        {
            _listeners = [.. _listeners.Where(other => other != listener)];
            return _listeners.Length == 0;
        }
    }

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => Interlocked.Exchange(ref end!, null)?.Invoke();
    }
}

using Recorder.Actors.Storage;

namespace Recorder.Cluster.Nodes;

/// <summary>How busy a node is; measured.</summary>
/// <param name="WriteLatency">What a write took lately.</param>
internal sealed record NodeLoad(long BytesPerSecond, TimeSpan WriteLatency);

/// <summary>Measures what the node recorded, and how long its disks took, since it was asked before; at most once a second.</summary>
/// <param name="bytes">Bytes recorded so far.</param>
internal sealed class LoadMeter(Func<IReadOnlyList<VolumeStatistics>> volumes, Func<long> bytes, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, VolumeStatistics> _before = [];
    private NodeLoad _last = new(0, TimeSpan.Zero);
    private long _bytes;
    private long _at = time.GetTimestamp();

    public NodeLoad Measure()
    {
        lock (_gate)
            return time.GetElapsedTime(_at) < Interval ? _last : _last = MeasureNow();
    }

    private NodeLoad MeasureNow()
    {
        var (now, recorded) = (time.GetTimestamp(), bytes());
        var rate = (recorded - _bytes) / time.GetElapsedTime(_at, now).TotalSeconds;
        (_bytes, _at) = (recorded, now);
        var slowest = TimeSpan.Zero;
        foreach (var volume in volumes())
        {
            var before = _before.GetValueOrDefault(volume.Name);
            var writes = volume.Writes - (before?.Writes ?? 0);
            var mean = writes > 0 ? (volume.Busy - (before?.Busy ?? TimeSpan.Zero)) / writes : TimeSpan.Zero;
            // A write that hangs has not ended yet.
            slowest = new[] { slowest, mean, volume.Running }.Max();
            _before[volume.Name] = volume;
        }

        return new NodeLoad((long)rate, slowest);
    }
}

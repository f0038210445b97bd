using Recorder.Actors.Storage;

namespace Recorder.Actors.Cluster;

/// <summary>How busy this node is: what it recorded and how long its disks took since it was asked last.</summary>
internal sealed class LoadMeter(Func<IReadOnlyList<VolumeStatistics>> volumes, TimeProvider time)
{
    private readonly Dictionary<string, VolumeStatistics> _before = [];
    private long _bytes;
    private long _at = time.GetTimestamp();

    public NodeLoad Measure(long bytes)
    {
        var now = time.GetTimestamp();
        var seconds = Math.Max(0.001, time.GetElapsedTime(_at, now).TotalSeconds);
        var rate = (bytes - _bytes) / seconds;
        (_bytes, _at) = (bytes, now);
        var slowest = TimeSpan.Zero;
        foreach (var volume in volumes())
        {
            var before = _before.GetValueOrDefault(volume.Name);
            var writes = volume.Writes - (before?.Writes ?? 0);
            var mean = writes > 0 ? (volume.Busy - (before?.Busy ?? TimeSpan.Zero)) / writes : TimeSpan.Zero;
            // One that hangs has not ended a write yet.
            slowest = Max(slowest, Max(mean, volume.Running));
            _before[volume.Name] = volume;
        }

        return new NodeLoad((long)rate, slowest);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Storage;

/// <summary>The volume threads of this node: one per mounted volume, created when it is first needed.</summary>
internal sealed class Volumes(ILogger logger) : IVolumes, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<VolumeThread>> _threads = new(StringComparer.Ordinal);
    private readonly string[] _mounts = [.. DriveInfo.GetDrives().Select(drive => drive.Name).OrderByDescending(name => name.Length)];

    public IReadOnlyList<VolumeStatistics> Statistics =>
        [.. _threads.Values.Where(thread => thread.IsValueCreated).Select(thread => thread.Value.Statistics)];

    public IVolume For(string folder)
    {
        var path = folder.EndsWith('/') ? folder : folder + '/';
        var mount = Array.Find(_mounts, name => path.StartsWith(name.EndsWith('/') ? name : name + '/', StringComparison.Ordinal)) ?? "/";
        return _threads.GetOrAdd(mount, name => new Lazy<VolumeThread>(() => new VolumeThread(name, logger))).Value;
    }

    public void Dispose()
    {
        // Each thread once: both the program and the end of its actor system dispose of the runtime.
        foreach (var name in _threads.Keys)
        {
            if (_threads.TryRemove(name, out var thread) && thread.IsValueCreated)
                thread.Value.Dispose();
        }
    }
}

/// <summary>Busy is the time of all writes; Running is that of the current write so far, zero for none.</summary>
internal sealed record VolumeStatistics(string Name, long Writes, TimeSpan Busy, int Waiting, TimeSpan Running);

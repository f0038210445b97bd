using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Storage;

/// <summary>
/// The one thread that writes to a volume. A disk that stalls blocks it and nothing else: recorders hand their writes over as jobs
/// and go on. How much may wait is bounded by each recorder's own limit. A second thread waits for the platter, so that no write does.
/// </summary>
internal sealed class VolumeThread : IVolume, IDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<Action> _jobs = new(new ConcurrentQueue<Action>());
    private readonly BlockingCollection<Action> _aside = new(new ConcurrentQueue<Action>());
    private readonly SyncRounds _rounds;
    private readonly ITimer _timer;
    private readonly ILogger _logger;
    private readonly TimeSpan _endTimeout;
    private readonly Thread _thread;
    private readonly Thread _syncThread;
    private readonly string _name;
    private long _done;
    private long _busy;
    private long _since;

    /// <param name="name">The volume's.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="endTimeout">How long its end waits for a disk that does not answer; 10 s.</param>
    public VolumeThread(string name, ILogger logger, TimeSpan? endTimeout = null)
    {
        (_name, _logger, _endTimeout) = (name, logger, endTimeout ?? EndTimeout);
        _timer = TimeProvider.System.CreateTimer(_ => PostRound(_rounds!.Due), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rounds = new SyncRounds(PostRound, PostAside, time => _timer.Change(time, Timeout.InfiniteTimeSpan), TimeProvider.System);
        _thread = new Thread(() => Run(_jobs, isCounted: true)) { IsBackground = true, Name = $"volume {name}" };
        _syncThread = new Thread(() => Run(_aside, isCounted: false)) { IsBackground = true, Name = $"volume {name} sync" };
        _thread.Start();
        _syncThread.Start();
    }

    public IDisk Disk { get; init; } = LocalDisk.Instance;

    /// <summary>How its writes went so far.</summary>
    public VolumeStatistics Statistics
    {
        get
        {
            var since = Volatile.Read(ref _since);
            return new VolumeStatistics(
                _name, Volatile.Read(ref _done), new TimeSpan(Volatile.Read(ref _busy)), _jobs.Count,
                since == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since));
        }
    }

    /// <summary>Runs the job after all that were posted before it; not after the end. A job reports its own failures.</summary>
    public void Post(Action job) => Add(_jobs, job);

    public void PostAside(Action job) => Add(_aside, job);

    public void Sync(ISyncable written, bool atOnce) => _rounds.Add(written, atOnce);

    /// <summary>Finishes what was posted, then ends the thread. A disk that does not answer is not waited for too long.</summary>
    public void Dispose()
    {
        // A queue whose thread still takes from it stays: both go with the process.
        _timer.Dispose();
        _jobs.CompleteAdding();
        if (!_thread.Join(_endTimeout))
        {
            StorageLog.DoesNotAnswer(_logger, _thread.Name!);
            return;
        }

        _aside.CompleteAdding();
        if (!_syncThread.Join(_endTimeout))
        {
            StorageLog.DoesNotAnswer(_logger, _syncThread.Name!);
            return;
        }

        _jobs.Dispose();
        _aside.Dispose();
    }

    // At the end nothing is left to be planned: who closes makes durable.
    private void PostRound(Action job)
    {
        if (!_jobs.IsAddingCompleted)
        {
            Post(job);
        }
    }

    private void Add(BlockingCollection<Action> jobs, Action job)
    {
        try
        {
            jobs.Add(job);
        }
        catch (InvalidOperationException)
        {
            StorageLog.TooLate(_logger, _thread.Name!);
        }
    }

    private void Run(BlockingCollection<Action> jobs, bool isCounted)
    {
        foreach (var job in jobs.GetConsumingEnumerable())
        {
            var since = Stopwatch.GetTimestamp();
            if (isCounted)
            {
                Volatile.Write(ref _since, since);
            }

            try
            {
                job();
            }
#pragma warning disable CA1031 // One recording's broken job must not end the thread that all recordings of the volume share.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                StorageLog.JobFailed(_logger, exception);
            }

            if (isCounted)
            {
                Volatile.Write(ref _done, _done + 1);
                Volatile.Write(ref _busy, _busy + Stopwatch.GetElapsedTime(since).Ticks);
                Volatile.Write(ref _since, 0);
            }
        }
    }
}

/// <summary>How the writes to a volume went.</summary>
/// <param name="Name">The volume.</param>
/// <param name="Writes">How many were done.</param>
/// <param name="Busy">What they took together.</param>
/// <param name="Waiting">How many wait.</param>
/// <param name="Running">How long the one under way has taken; zero when there is none.</param>
internal sealed record VolumeStatistics(string Name, long Writes, TimeSpan Busy, int Waiting, TimeSpan Running);

/// <summary>The volume threads of this node, one per mounted volume, made when first needed.</summary>
internal sealed class Volumes(ILogger logger) : IVolumes, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<VolumeThread>> _threads = new(StringComparer.Ordinal);
    private readonly string[] _mounts = [.. DriveInfo.GetDrives().Select(drive => drive.Name).OrderByDescending(name => name.Length)];

    /// <summary>How the writes went, by volume.</summary>
    public IReadOnlyList<VolumeStatistics> Statistics =>
        [.. _threads.Values.Where(thread => thread.IsValueCreated).Select(thread => thread.Value.Statistics)];

    /// <summary>The thread that writes below this folder.</summary>
    public IVolume For(string folder)
    {
        var path = folder.EndsWith('/') ? folder : folder + '/';
        var mount = Array.Find(_mounts, name => path.StartsWith(name.EndsWith('/') ? name : name + '/', StringComparison.Ordinal)) ?? "/";
        return _threads.GetOrAdd(mount, name => new Lazy<VolumeThread>(() => new VolumeThread(name, logger))).Value;
    }

    public void Dispose()
    {
        // Once each: a runtime in a program's system is disposed of by the program, and again when the system ends.
        foreach (var name in _threads.Keys)
        {
            if (_threads.TryRemove(name, out var thread) && thread.IsValueCreated)
            {
                thread.Value.Dispose();
            }
        }
    }
}

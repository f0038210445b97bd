using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Storage;

/// <summary>The one thread that writes to a volume. A stalled disk blocks this thread and nothing else: recorders post their
/// writes as jobs and go on, each up to its limit. A second thread waits for stable storage, so that no write has to.</summary>
internal sealed class VolumeThread : IVolume, IDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly JobQueue _jobs = new();
    private readonly JobQueue _aside = new();
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

    /// <summary>After <see cref="Dispose"/> the job is discarded.</summary>
    public void Post(Action job) => Add(_jobs, job);

    public void PostAside(Action job) => Add(_aside, job);

    public void Sync(ISyncable written, bool atOnce) => _rounds.Add(written, atOnce);

    /// <summary>Finishes the posted jobs, then ends the threads; stops waiting for a disk that does not answer.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _jobs.Complete();
        if (!_thread.Join(_endTimeout))
        {
            StorageLog.DoesNotAnswer(_logger, _thread.Name!);
            return;
        }

        _aside.Complete();
        if (!_syncThread.Join(_endTimeout))
            StorageLog.DoesNotAnswer(_logger, _syncThread.Name!);
    }

    // During disposal no more rounds are needed, since closing a recording makes it durable.
    private void PostRound(Action job) => _jobs.TryAdd(job);

    private void Add(JobQueue jobs, Action job)
    {
        if (!jobs.TryAdd(job))
            StorageLog.TooLate(_logger, _thread.Name!);
    }

    private void Run(JobQueue jobs, bool isCounted)
    {
        while (jobs.Take() is { } job)
        {
            var since = Stopwatch.GetTimestamp();
            if (isCounted)
                Volatile.Write(ref _since, since);

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

using Recorder.ActorKernel.Configuration;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>
/// A few threads of its own (<c>dedicated-thread-pool.thread-count</c>), for actors that may block: what blocks them blocks nobody on the
/// thread pool. A thread starts when there is more to do than idle threads and ends when there was nothing to do for a while.
/// </summary>
internal sealed class ForkJoinDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    private static readonly TimeSpan Idleness = TimeSpan.FromSeconds(10);

    private readonly int _most =
        Math.Max(1, configurator.Config.GetInt("dedicated-thread-pool.thread-count", Environment.ProcessorCount));
    private readonly Queue<IRunnable> _work = new();
    private int _threads;
    private int _waiting;

    protected override void ExecuteTask(IRunnable run)
    {
        lock (_work)
        {
            _work.Enqueue(run);
            if (_waiting > 0)
                Monitor.Pulse(_work);
            if (_work.Count <= _waiting || _threads == _most)
                return;
            _threads++;
        }

        new Thread(Loop) { IsBackground = true, Name = Id }.Start();
    }

    private void Loop()
    {
        while (Next() is { } run)
            run.Run();
    }

    private IRunnable? Next()
    {
        lock (_work)
        {
            IRunnable? run;
            while (!_work.TryDequeue(out run))
            {
                _waiting++;
                var woken = Monitor.Wait(_work, Idleness);
                _waiting--;
                if (!woken && _work.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }

            return run;
        }
    }
}

/// <summary>Makes the one <see cref="ForkJoinDispatcher"/> of a block.</summary>
internal sealed class ForkJoinDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly ForkJoinDispatcher _shared;

    public ForkJoinDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _shared = new ForkJoinDispatcher(this);

    public override MessageDispatcher Dispatcher() => _shared;
}

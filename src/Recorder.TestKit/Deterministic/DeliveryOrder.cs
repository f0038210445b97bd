using System.Collections.Concurrent;
using System.Globalization;

namespace Recorder.Testing;

/// <summary>
/// Decides which actor takes the next turn, one message at a time, on the thread of the test: a seed fixes the order of all deliveries.
/// Messages between two actors keep their order, as they do in production; everything else is left to the seed.
/// </summary>
public sealed class DeliveryOrder
{
    // More turns than any spec takes: two actors that answer each other for ever.
    private const long MostTurns = 10_000_000;

    private static readonly ConcurrentDictionary<int, DeliveryOrder> Known = new();
    private static int _made;

    private readonly int _number;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly List<IRunnable> _waiting = [];
    private int _thread = Environment.CurrentManagedThreadId;
    private int _gathering;
    private bool _running;

    /// <summary>An order for one actor system.</summary>
    /// <param name="seed">The same seed and the same test give the same order. 0: first come, first served.</param>
    public DeliveryOrder(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        _number = Interlocked.Increment(ref _made);
        Known[_number] = this;
    }

    /// <summary>What fixes the order.</summary>
    public int Seed { get; }

    /// <summary>Turns taken so far.</summary>
    public long Turns { get; private set; }

    /// <summary>Makes an actor system go by this order, in virtual time, and print nothing.</summary>
    public Config Configuration => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka {
          loggers = [{{(RunsAtOnce ? "\"Recorder.Testing.QuietEventListener, Recorder.TestKit\"" : "")}}]
          stdout-loglevel = OFF
          log-dead-letters = off
          scheduler.implementation = "Recorder.Testing.VirtualScheduler, Recorder.TestKit"
          coordinated-shutdown.run-by-actor-system-terminate = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          # When an expectation looks, everything that the spec set going has happened already.
          test.single-expect-default = 50ms
          test.filter-leeway = 50ms
          actor {
            default-dispatcher {
              type = "Recorder.Testing.SeededDispatcherConfigurator, Recorder.TestKit"
              throughput = 1
              order = {{_number}}
            }
            internal-dispatcher {
              type = "Recorder.Testing.SeededDispatcherConfigurator, Recorder.TestKit"
              throughput = 1
              order = {{_number}}
            }
          }
        }
        """));

    /// <summary>
    /// Whether what the test sends runs at once, with all that follows from it, as soon as it is sent: then Akka's TestKit finds its
    /// messages there. False: it waits for <see cref="RunUntilIdle"/>.
    /// </summary>
    internal bool RunsAtOnce { get; set; }

    /// <summary>What the test sends meanwhile waits, so that it can be sent together.</summary>
    /// <param name="thenRun">Whether it runs when the gathering ends, where it would have run at once.</param>
    /// <returns>Ends it.</returns>
    internal Gathering Gather(bool thenRun = true)
    {
        _gathering++;
        return new Gathering(this, thenRun);
    }

    /// <summary>Gives one actor a turn.</summary>
    /// <returns>False when none has anything to do.</returns>
    public bool RunNext()
    {
        IRunnable next;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return false;
            }

            var index = Seed == 0 ? 0 : _random.Next(_waiting.Count);
            next = _waiting[index];
            _waiting.RemoveAt(index);
        }

        Turns++;
        // As on a dispatcher's thread: a turn has no context of the test's to come back to.
        var (context, outer) = (SynchronizationContext.Current, _running);
        SynchronizationContext.SetSynchronizationContext(null);
        _running = true;
        try
        {
            next.Run();
        }
        finally
        {
            _running = outer;
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return true;
    }

    /// <summary>Gives turns until no actor has anything to do.</summary>
    /// <exception cref="SpecFailedException">The actors never come to rest.</exception>
    public void RunUntilIdle()
    {
        var end = Turns + MostTurns;
        while (RunNext())
        {
            if (Turns > end)
            {
                throw new SpecFailedException($"The actors do not come to rest: {MostTurns} turns were taken (seed {Seed}).");
            }
        }
    }

    internal static DeliveryOrder Of(int number) => Known[number];

    internal void Add(IRunnable run)
    {
        lock (_gate)
        {
            _waiting.Add(run);
        }

        RunIfAtOnce();
    }

    internal void Forget() => Known.TryRemove(_number, out _);

    /// <summary>The context in which an asynchronous spec goes on after it has waited, on whatever thread.</summary>
    internal SynchronizationContext? Context { get; set; }

    // Messages from other threads (a task that ended) wait for the spec: actors never run beside it.
    private void RunIfAtOnce()
    {
        if (RunsAtOnce && !_running && _gathering == 0 && IsSpec())
        {
            RunUntilIdle();
        }
    }

    private bool IsSpec()
    {
        var thread = Environment.CurrentManagedThreadId;
        if (thread != _thread && Context is not null && SynchronizationContext.Current == Context)
        {
            _thread = thread;
        }

        return thread == _thread;
    }

    /// <summary>Ends <see cref="Gather"/>.</summary>
    internal readonly struct Gathering(DeliveryOrder order, bool thenRun) : IDisposable
    {
        public void Dispose()
        {
            order._gathering--;
            if (thenRun)
            {
                order.RunIfAtOnce();
            }
        }
    }
}

/// <summary>Makes the dispatcher that a configuration of <see cref="DeliveryOrder.Configuration"/> names.</summary>
/// <param name="config">Its block.</param>
/// <param name="prerequisites">The system.</param>
public sealed class SeededDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    /// <inheritdoc />
    public override MessageDispatcher Dispatcher() => new SeededDispatcher(this);

    private sealed class SeededDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
    {
        private readonly DeliveryOrder _order = DeliveryOrder.Of(configurator.Config.GetInt("order", 0));

        protected override void ExecuteTask(IRunnable run) => _order.Add(run);

        protected override void Shutdown()
        {
        }
    }
}

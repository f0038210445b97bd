using System.Collections.Concurrent;
using System.Globalization;

namespace Recorder.Testing;

/// <summary>Runs all actors of an actor system on the thread of the test, one message at a time, in an order that a seed
/// determines. Messages from one actor to another keep their order, as they do in production.</summary>
/// <remarks>A <see cref="RecorderWorld"/> creates its own order. Create one yourself to run an actor system without recorders in
/// the same way: pass <see cref="Configuration"/> to <c>ActorSystem.Create</c> and call <see cref="RunUntilIdle"/>.</remarks>
public sealed class DeliveryOrder
{
    // No spec takes so many turns, unless two actors answer each other endlessly.
    private const long MaximumTurns = 10_000_000;

    private static readonly ConcurrentDictionary<int, DeliveryOrder> Known = new();
    private static int _made;

    private readonly int _number;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly List<IRunnable> _waiting = [];
    private int _thread = Environment.CurrentManagedThreadId;
    private int _gathering;
    private bool _running;

    /// <summary>Creates an order for one actor system.</summary>
    /// <param name="seed">The seed. The same seed and the same test give the same order; 0 runs actors in the order of their
    /// messages.</param>
    public DeliveryOrder(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        _number = Interlocked.Increment(ref _made);
        Known[_number] = this;
    }

    /// <summary>The seed of the order.</summary>
    public int Seed { get; }

    /// <summary>The number of turns that actors have taken so far.</summary>
    public long Turns { get; private set; }

    /// <summary>The configuration of an actor system that follows this order, runs in virtual time, and prints nothing.</summary>
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
          # All messages are processed before an expectation looks for them. On a busy machine, looking through them takes a while.
          test.single-expect-default = 1s
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

    /// <summary>Whether <c>Tell</c> returns after a message is processed, as Akka's expectations need it.</summary>
    internal bool RunsAtOnce { get; set; }

    /// <summary>Delays messages of the test until the result is disposed of, so that several are in flight.</summary>
    internal Gathering Gather(bool thenRun = true)
    {
        _gathering++;
        return new Gathering(this, thenRun);
    }

    /// <summary>Lets one actor process one message.</summary>
    /// <returns>False when every actor is idle.</returns>
    public bool RunNext()
    {
        IRunnable next;
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return false;

            var index = Seed == 0 ? 0 : _random.Next(_waiting.Count);
            next = _waiting[index];
            _waiting.RemoveAt(index);
        }

        Turns++;
        // A turn must not capture the test's context, because a dispatcher's thread has none.
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

    /// <summary>Lets actors process messages until every actor is idle.</summary>
    /// <exception cref="SpecFailedException">The actors do not become idle within 10 million turns.</exception>
    public void RunUntilIdle()
    {
        var end = Turns + MaximumTurns;
        while (RunNext())
        {
            if (Turns > end)
                throw new SpecFailedException($"The actors did not become idle within {MaximumTurns} turns (seed {Seed}).");
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

    /// <summary>The context in which an asynchronous spec continues after an <c>await</c>, possibly on another thread.</summary>
    internal SynchronizationContext? Context { get; set; }

    // Messages from other threads, for example from a completed task, wait for the spec, so that actors never run concurrently
    // with it.
    private void RunIfAtOnce()
    {
        if (RunsAtOnce && !_running && _gathering == 0 && IsSpecThread())
            RunUntilIdle();
    }

    private bool IsSpecThread()
    {
        var thread = Environment.CurrentManagedThreadId;
        if (thread != _thread && Context is not null && SynchronizationContext.Current == Context)
            _thread = thread;

        return thread == _thread;
    }

    internal readonly struct Gathering(DeliveryOrder order, bool thenRun) : IDisposable
    {
        public void Dispose()
        {
            order._gathering--;
            if (thenRun)
                order.RunIfAtOnce();
        }
    }
}

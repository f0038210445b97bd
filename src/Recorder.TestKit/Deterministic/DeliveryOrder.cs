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

    /// <summary>Makes an actor system go by this order, in virtual time and without loggers.</summary>
    public Config Configuration => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka {
          loggers = []
          stdout-loglevel = OFF
          log-dead-letters = off
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
          coordinated-shutdown.run-by-actor-system-terminate = off
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
        next.Run();
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
    }

    internal void Forget() => Known.TryRemove(_number, out _);
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

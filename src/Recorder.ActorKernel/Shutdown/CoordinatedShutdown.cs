using System.Collections.Concurrent;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>Shuts a system down in phases; the last phase terminates it. The tasks of a phase run at the same time; the next
/// phase begins when they have ended or the phase's timeout has passed. Phases are configured under
/// <c>akka.coordinated-shutdown.phases</c>.</summary>
public sealed class CoordinatedShutdown : IExtension
{
    /// <summary>Before services stop to accept work.</summary>
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";

    /// <summary>Services stop to accept work.</summary>
    public const string PhaseServiceUnbind = "service-unbind";

    /// <summary>Work in progress ends.</summary>
    public const string PhaseServiceRequestsDone = "service-requests-done";

    /// <summary>Services stop.</summary>
    public const string PhaseServiceStop = "service-stop";

    /// <summary>Before the cluster is left.</summary>
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";

    /// <summary>Shards move away.</summary>
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";

    /// <summary>The node leaves the cluster.</summary>
    public const string PhaseClusterLeave = "cluster-leave";

    /// <summary>The node is exiting.</summary>
    public const string PhaseClusterExiting = "cluster-exiting";

    /// <summary>The node has exited.</summary>
    public const string PhaseClusterExitingDone = "cluster-exiting-done";

    /// <summary>The cluster's part stops.</summary>
    public const string PhaseClusterShutdown = "cluster-shutdown";

    /// <summary>The last phase in which actors live.</summary>
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>The system terminates.</summary>
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly Dictionary<string, Phase> _phases;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Name, Func<Task<Done>> Task)>> _tasks = new();
    private readonly Lock _lock = new();
    private readonly ILoggingAdapter _log;
    private Task<Done>? _run;

    internal CoordinatedShutdown(ExtendedActorSystem system, Dictionary<string, Phase> phases)
    {
        System = system;
        _log = Logging.GetLogger(system, typeof(CoordinatedShutdown));
        _phases = phases;
        OrderedPhases = TopologicalSort(phases);
    }

    /// <summary>The system.</summary>
    public ExtendedActorSystem System { get; }

    internal List<string> OrderedPhases { get; }

    /// <summary>Why it was run; null before.</summary>
    public Reason ShutdownReason { get; private set; } = null!;

    /// <summary>The timeouts of all phases together.</summary>
    public TimeSpan TotalTimeout => _tasks.Keys.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase));

    /// <summary>The shutdown of a system.</summary>
    /// <param name="sys">The system.</param>
    /// <returns>The shutdown.</returns>
    public static CoordinatedShutdown Get(ActorSystem sys) =>
        sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    /// <summary>Adds a task to a phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="taskName">The name of the task, for the log.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="ConfigurationException">There is no such phase.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!_phases.ContainsKey(phase))
        {
            throw new ConfigurationException(
                $"Unknown phase [{phase}], known phases [{string.Join(",", OrderedPhases)}]. " +
                "All phases (along with their optional dependencies) must be defined in configuration.");
        }

        _tasks.GetOrAdd(phase, static _ => new()).Enqueue((taskName, task));
    }

    /// <summary>The timeout of a phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <returns>The timeout.</returns>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public TimeSpan Timeout(string phase) => _phases.TryGetValue(phase, out var known)
        ? known.Timeout
        : throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.", nameof(phase));

    /// <summary>Runs the phases, once; later calls get the same task.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="fromPhase">The phase to begin with; null for the first.</param>
    /// <returns>Ends after the last phase. Fails when a phase fails that may not be recovered from.</returns>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        lock (_lock)
        {
            if (_run is not null)
                return _run;
            ShutdownReason = reason;
            return _run = Task.Run(() => RunAsync(fromPhase));
        }
    }

    internal static Dictionary<string, Phase> PhasesFromConfig(Config config)
    {
        var timeout = config.GetTimeSpan("default-phase-timeout", TimeSpan.FromSeconds(5));
        var phases = config.GetConfig("phases") ?? Config.Empty;
        return phases.Root.Keys.ToDictionary(name => name, name => Phase.Read(phases, name, timeout));
    }

    internal static List<string> TopologicalSort(Dictionary<string, Phase> phases)
    {
        var order = new List<string>();
        var visiting = new HashSet<string>();
        foreach (var name in phases.Keys)
            Visit(name);
        return order;

        void Visit(string name)
        {
            if (order.Contains(name))
                return;
            if (!visiting.Add(name))
                throw new ArgumentException($"Cycle detected in graph of phases. It must be a DAG. phase [{name}] depends transitively on itself.");
            if (phases.TryGetValue(name, out var phase))
            {
                foreach (var before in phase.DependsOn)
                    Visit(before);
            }

            order.Add(name);
        }
    }

    private async Task<Done> RunAsync(string? fromPhase)
    {
        _log.Debug("Running CoordinatedShutdown with reason [{0}]", ShutdownReason);
        var begin = fromPhase is null ? 0 : Math.Max(0, OrderedPhases.IndexOf(fromPhase));
        foreach (var name in OrderedPhases.Skip(begin))
        {
            if (!_phases.TryGetValue(name, out var phase) || !phase.Enabled || !_tasks.TryGetValue(name, out var tasks))
                continue;
            _log.Debug("Performing phase [{0}] with {1} tasks", name, tasks.Count);
            var all = Task.WhenAll(tasks.Select(t => RunOneAsync(name, phase, t.Name, t.Task)));
            try
            {
                await all.WaitAsync(phase.Timeout).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                if (!phase.Recover)
                    throw new TimeoutException($"Coordinated shutdown phase [{name}] timed out after {phase.Timeout}");
                _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", name, phase.Timeout);
            }
        }

        return Done.Instance;
    }

    private async Task RunOneAsync(string name, Phase phase, string taskName, Func<Task<Done>> task)
    {
        try
        {
            await task().ConfigureAwait(false);
        }
        catch (Exception e) when (phase.Recover)
        {
            _log.Warning(e, "Task [{0}] failed in phase [{1}]: {2}", taskName, name, e.Message);
        }
    }

    /// <summary>Why a system is shut down.</summary>
    public class Reason
    {
        /// <summary>A reason.</summary>
        protected Reason()
        {
        }

        /// <summary>What the process exits with.</summary>
        public virtual int ExitCode => 0;

        /// <inheritdoc/>
        public override string ToString() => GetType().Name;
    }

    /// <summary>Nobody said why.</summary>
    public class UnknownReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    /// <summary>The system was told to terminate.</summary>
    public class ActorSystemTerminateReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    /// <summary>The process exits.</summary>
    public class ClrExitReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }

    /// <summary>The node was downed.</summary>
    public class ClusterDowningReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason()
        {
        }

        /// <inheritdoc/>
        public override int ExitCode => -1;
    }

    /// <summary>The node could not join its cluster.</summary>
    public class ClusterJoinUnsuccessfulReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason()
        {
        }

        /// <inheritdoc/>
        public override int ExitCode => -1;
    }

    /// <summary>The node left its cluster.</summary>
    public class ClusterLeavingReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason()
        {
        }
    }
}

/// <summary>Makes the shutdown of a system.</summary>
public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    /// <inheritdoc/>
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown") ?? Config.Empty;
        var shutdown = new CoordinatedShutdown(system, CoordinatedShutdown.PhasesFromConfig(config));
        if (system.Settings.CoordinatedShutdownTerminateActorSystem)
        {
            shutdown.AddTask(CoordinatedShutdown.PhaseActorSystemTerminate, "terminate-system", async () =>
            {
                ((Internal.ActorSystemImpl)system).FinalTerminate();
                await system.WhenTerminated.ConfigureAwait(false);
                return Done.Instance;
            });
        }

        return shutdown;
    }
}

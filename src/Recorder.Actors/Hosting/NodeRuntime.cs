using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Retention;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>A node without its HTTP: actors, catalogue and registry over one data folder that no other node uses.</summary>
internal sealed class NodeRuntime : IAsyncDisposable
{
    // In a cluster the journal stores the events that other nodes have not received yet, so it must outlast a long partition.
    private const int MinJournalEntriesInCluster = 2_000_000;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly FolderLock _lock;
    private readonly SqlCatalogue _catalogue;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private IActorRef _clockActor = ActorRefs.Nobody;
    private RecorderRuntime? _runtime;
    private bool _hasEnded;
    private Task _completion = Task.CompletedTask;

    private NodeRuntime(
        FolderLock folder, SqlCatalogue catalogue, NodeClock clock, NodeRuntimeOptions options, ILoggerFactory logging, TimeProvider time) =>
        (_lock, _catalogue, Options, _logging, _time, Clock) = (folder, catalogue, options, logging, time, clock);

    public NodeRuntimeOptions Options { get; }

    public RecorderRuntime Runtime => _runtime ?? throw new InvalidOperationException("The node has not begun.");

    /// <summary>The catalogue that the API shows: the cluster's, or without a cluster the node's own.</summary>
    public ICatalogue Catalogue => Cluster?.Catalogue ?? (ICatalogue)_catalogue;

    public SqlCatalogue LocalCatalogue => _catalogue;

    public INodeCluster? Cluster { get; private set; }

    /// <summary>Reaches every recorder, on this node or another: takes the same messages as <see cref="Registry"/>.</summary>
    public IActorRef Router => Cluster?.Router ?? Registry;

    public IActorRef Registry { get; private set; } = ActorRefs.Nobody;

    public IActorRef CatalogueActor { get; private set; } = ActorRefs.Nobody;

    /// <summary>The parent of all takes: takes <see cref="TakeProtocol"/>.</summary>
    public IActorRef Takes { get; private set; } = ActorRefs.Nobody;

    /// <summary>Reads time code in recorded sound, for takes; set before the node begins.</summary>
    public ILtcReader? Ltc { get; set; }

    public NodeClock Clock { get; }

    public IActorRef Retention { get; private set; } = ActorRefs.Nobody;

    /// <summary>Starts a node in an actor system of its own; it continues what the last node on this folder recorded.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another node uses it; the message says what to do.</exception>
    /// <exception cref="CatalogueUnavailableException">The catalogue cannot be opened; the message says what to do.</exception>
    public static async Task<NodeRuntime> StartAsync(
        NodeRuntimeOptions options, ILoggerFactory? logging = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var node = await OpenAsync(options, logging, time, cancellationToken).ConfigureAwait(false);
        try
        {
            await node.BeginAsync(RecorderRuntime.Start(options.Runtime, logging, time), cancellationToken).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Locks a data folder and opens its catalogue; no actor runs before <see cref="BeginAsync"/>.</summary>
    public static async Task<NodeRuntime> OpenAsync(
        NodeRuntimeOptions options, ILoggerFactory? logging = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        (logging, time) = (logging ?? NullLoggerFactory.Instance, time ?? TimeProvider.System);
        Directory.CreateDirectory(options.RecordingsFolder);
        var touched = FindLastWrite(options);
        var folder = FolderLock.Take(options.DataFolder);
        SqlCatalogue? catalogue = null;
        try
        {
            var clock = options.Clock ?? new NodeClock(time);
            catalogue = await SqlCatalogue.OpenAsync(
                new SqliteDatabase(options.CatalogueFile), CatalogueOptionsOf(options) with { Time = time, Clock = clock }, options.Cipher,
                cancellationToken).ConfigureAwait(false);
            await catalogue.Clock.BeginAsync(touched, cancellationToken).ConfigureAwait(false);
            return new NodeRuntime(folder, catalogue, clock, options, logging, time);
        }
        catch
        {
            if (catalogue is not null)
                await catalogue.DisposeAsync().ConfigureAwait(false);

            folder.Dispose();
            throw;
        }
    }

    public async Task BeginAsync(RecorderRuntime runtime, CancellationToken cancellationToken)
    {
        _runtime = runtime;
        var retentionLogger = _logging.CreateLogger("Retention");
        CatalogueActor = runtime.System.ActorOf(
            Actors.Catalogue.CatalogueActor.PropsFor(_catalogue.Journal, runtime.Events, _logging.CreateLogger("Node"), _time), "catalogue");
        // Once this is answered the catalogue is subscribed: no later event is missed.
        await CatalogueActor
            .Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), AnswerTimeout, cancellationToken).ConfigureAwait(false);
        // Before any recorder starts, so that a recorder that starts while the clock is not trusted is told so.
        _clockActor = runtime.System.ActorOf(
            ClockActor.PropsFor(Clock, () => _catalogue.Clock.KeepAsync(Clock, _stopping.Token), runtime.Recorders, retentionLogger), "clock");
        await StartRegistryAsync(runtime, cancellationToken).ConfigureAwait(false);
        await StartTakesAsync(runtime, cancellationToken).ConfigureAwait(false);
        var sweep = new RetentionSweep(
            Cluster?.Share(_catalogue.Retention) ?? _catalogue.Retention,
            Cluster is null ? _catalogue.ListRecordersAsync : Cluster.ListPoliciesAsync, Options.RecordingsFolder, Options.Retention, Clock,
            LocalDisk.Instance, retentionLogger);
        Retention = runtime.System.ActorOf(
            RetentionActor.PropsFor(sweep.RunAsync, runtime.Events, Options.Retention.Interval, retentionLogger), "retention");
    }

    /// <summary>
    /// In a cluster, hands over what other nodes take, and returns when they know of all that was recorded here. Requests are to be answered
    /// meanwhile, because the other nodes read the journal.
    /// </summary>
    public Task LeaveAsync() => Cluster is null || _runtime is null || _hasEnded || _runtime.System.WhenTerminated.IsCompleted
        ? Task.CompletedTask
        : TryAsync(() => Cluster.LeaveAsync(Options.Runtime.ShutdownTimeout));

    /// <summary>Ends recording while the actors run. The next start continues the recordings, unless all were stopped.</summary>
    public async Task EndAsync()
    {
        if (_hasEnded || _runtime is null)
            return;

        _hasEnded = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        // The actors of a system that has terminated do not answer.
        if (_runtime.System.WhenTerminated.IsCompleted)
            return;

#pragma warning disable VSTHRD003 // The completion runs on the thread pool and does not wait for this call.
        await _completion.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        if (Cluster is not null)
            await TryAsync(() => Cluster.LeaveAsync(Options.Runtime.ShutdownTimeout)).ConfigureAwait(false);

        if (!Registry.IsNobody())
        {
            await TryAsync(async () => await Registry.Ask<object>(new RegistryProtocol.End(), AnswerTimeout).ConfigureAwait(false))
                .ConfigureAwait(false);
        }

        await TryAsync(Runtime.RetireAsync).ConfigureAwait(false);
        await TryAsync(FlushAsync).ConfigureAwait(false);
    }

    /// <summary>Does the same as <see cref="EndAsync"/>, then ends the actors and closes the catalogue and the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        if (_runtime is not null)
            await _runtime.DisposeAsync().ConfigureAwait(false);

        if (Cluster is not null)
            await Cluster.DisposeAsync().ConfigureAwait(false);

        await TryAsync(() => _catalogue.Clock.KeepAsync(Clock, CancellationToken.None)).ConfigureAwait(false);
        await _catalogue.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Stops every recorder for good: the next start continues only those that did not answer.</summary>
    public Task StopAllAsync() => Registry.IsNobody() || Runtime.System.WhenTerminated.IsCompleted ? Task.CompletedTask : TryAsync(async () =>
    {
        var all = await Registry.Ask<RegistryProtocol.Definitions>(new RegistryProtocol.List(), AnswerTimeout).ConfigureAwait(false);
        await Task.WhenAll(all.Recorders.Select(
            recorder => Registry.Ask<object>(new RecorderProtocol.Stop(recorder.Id), AnswerTimeout))).ConfigureAwait(false);
    });

    /// <summary>Returns when every event raised before is in the catalogue.</summary>
    public async Task FlushAsync()
    {
        // The mediator delivers in order: its answer shows that it has delivered all events before this request.
        await Runtime.Events.Ask<EventsProtocol.Unsubscribed>(new EventsProtocol.Unsubscribe(), AnswerTimeout).ConfigureAwait(false);
        await CatalogueActor.Ask<CatalogueActor.Flushed>(new CatalogueActor.Flush(), AnswerTimeout).ConfigureAwait(false);
    }

    /// <summary>Trusts the system clock, as its operator asked; durable when this returns.</summary>
    /// <returns>Null when there is no time off to count, and nothing was changed.</returns>
    /// <exception cref="CatalogueUnavailableException">Nothing is deleted by age until a later attempt stores it.</exception>
    public async Task<ClockState?> TrustClockAsync(bool countsOffTime, CancellationToken cancellationToken)
    {
        if (Clock.Trust(countsOffTime) is null)
            return null;

        _clockActor.Tell(new ClockActor.CompareClocks());
        await _catalogue.Clock.KeepAsync(Clock, cancellationToken).ConfigureAwait(false);
        return Clock.ReadClocks();
    }

    // Takes that were open when the node ended go on: their recorders do.
    private async Task StartTakesAsync(RecorderRuntime runtime, CancellationToken cancellationToken)
    {
        var logger = _logging.CreateLogger("Takes");
        var files = new TakeFiles(Path.Combine(Options.DataFolder, "takes"), LocalDisk.Instance, logger);
        var takes = await Task.Run(files.ReadNewest, cancellationToken).ConfigureAwait(false);
        Takes = runtime.System.ActorOf(
            TakesActor.PropsFor(new TakesEnvironment(Router, files, Options.RecordingsFolder, _time, logger) { Cluster = Cluster?.Takes, Ltc = Ltc }, takes), "takes");
        Cluster?.StartTakes(Takes);
    }

    private async Task StartRegistryAsync(RecorderRuntime runtime, CancellationToken cancellationToken)
    {
        var history = new HistoryFinder(_catalogue, Options.RecordingsFolder, _time) { Clock = Clock };
        var starter = new RegistryStarter(Options, runtime, _catalogue, history, FlushIfAvailableAsync, _logging);
        if (Options.Cluster is { } createCluster)
        {
            Cluster = await createCluster(new ClusterHost(runtime, _catalogue, history, Options.RecordingsFolder)).ConfigureAwait(false);
            Registry = await starter.JoinAsync(Cluster, cancellationToken).ConfigureAwait(false);
            Cluster.Start(Registry, FlushAsync);
        }
        else
        {
            (Registry, _completion) = await starter.StartAsync(_stopping.Token, cancellationToken).ConfigureAwait(false);
        }
    }

    // Recorders also start while the catalogue is away: then waiting for it would only delay them.
    private async Task FlushIfAvailableAsync()
    {
        var health = await CatalogueActor
            .Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), AnswerTimeout).ConfigureAwait(false);
        if (health.IsWriting)
            await FlushAsync().ConfigureAwait(false);
    }

    // The last write to a data folder with recordings, for a catalogue without a stored clock; null for one without recordings.
    private static DateTimeOffset? FindLastWrite(NodeRuntimeOptions options) =>
        Directory.EnumerateDirectories(options.RecordingsFolder).Any() && Directory.GetFiles(options.DataFolder) is { Length: > 0 } files
            ? new DateTimeOffset(files.Max(File.GetLastWriteTimeUtc))
            : null;

    private static CatalogueOptions CatalogueOptionsOf(NodeRuntimeOptions options) => options.Catalogue with
    {
        Root = options.RecordingsFolder,
        JournalEntries = options.Cluster is null
            ? options.Catalogue.JournalEntries
            : Math.Max(options.Catalogue.JournalEntries, MinJournalEntriesInCluster),
    };

    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is AskTimeoutException or CatalogueUnavailableException or TimeoutException or ObjectDisposedException)
        {
            // A part that does not answer must not keep the process from ending; the next start completes what is left.
        }
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Cluster;
using Recorder.Actors.Registry;
using Recorder.Actors.Retention;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>How a node keeps its data folder.</summary>
internal sealed record NodeRuntimeOptions
{
    /// <summary>The folder of everything that is kept.</summary>
    public required string DataFolder { get; init; }

    /// <summary>How its actors are set up. What is being recorded at the node's end stays open for its next start to go on with.</summary>
    public RecorderRuntimeOptions Runtime { get; init => field = value with { KeepRecordings = true }; } = new() { KeepRecordings = true };

    /// <summary>How the journal is bounded.</summary>
    public CatalogueOptions Catalogue { get; init; } = new();

    /// <summary>Keeps credentials unreadable on disk.</summary>
    public ISecretCipher Cipher { get; init; } = NoCipher.Instance;

    /// <summary>When recordings go.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The node's time, where somebody else goes by it, too; null makes one.</summary>
    public NodeClock? Clock { get; init; }

    /// <summary>The wait before a recorder that failed is started again; it doubles up to two minutes. 1 s.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The cluster that it takes part in; null keeps it on its own.</summary>
    public Cluster.ClusterSetup? Cluster { get; init; }

    /// <summary>The folder below which each recorder has its own.</summary>
    public string RecordingsFolder => Path.Combine(Path.GetFullPath(DataFolder), "recordings");

    /// <summary>The catalogue's file.</summary>
    public string CatalogueFile => Path.Combine(Path.GetFullPath(DataFolder), "catalogue.db");
}

/// <summary>A node without its HTTP: actors, catalogue and the fleet of recorders, over one data folder that nobody else uses.</summary>
internal sealed class NodeRuntime : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly FolderLock _lock;
    private readonly SqlCatalogue _catalogue;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private IActorRef _clockActor = ActorRefs.Nobody;
    private RecorderRuntime? _runtime;
    private bool _ended;
    private Task _completing = Task.CompletedTask;

    private NodeRuntime(
        FolderLock folder, SqlCatalogue catalogue, NodeClock clock, NodeRuntimeOptions options, ILoggerFactory logging, TimeProvider time)
    {
        (_lock, _catalogue, Options, _logging, _time, Clock) = (folder, catalogue, options, logging, time, clock);
        Files = new DefinitionFiles(options.RecordingsFolder, options.Cipher, LocalDisk.Instance, logging.CreateLogger("Node"));
    }

    public NodeRuntimeOptions Options { get; }

    /// <summary>Its sources, recorders and events, once <see cref="BeginAsync"/> was called.</summary>
    public RecorderRuntime Runtime => _runtime ?? throw new InvalidOperationException("The node has not begun.");

    public ICatalogue Catalogue => Cluster?.Catalogue ?? (ICatalogue)_catalogue;

    /// <summary>What this node alone has: its journal, and the index of its own folder.</summary>
    public SqlCatalogue LocalCatalogue => _catalogue;

    /// <summary>This node's part in its cluster; null on its own.</summary>
    public ClusterRuntime? Cluster { get; private set; }

    /// <summary>All recorders that users can name: takes what <see cref="Registry"/> takes.</summary>
    public IActorRef Router => Cluster?.Region ?? Registry;

    /// <summary>Takes <see cref="RegistryProtocol"/> and every recorder's commands.</summary>
    public IActorRef Registry { get; private set; } = ActorRefs.Nobody;

    /// <summary>Takes <see cref="Actors.Catalogue.CatalogueActor.GetHealth"/>.</summary>
    public IActorRef CatalogueActor { get; private set; } = ActorRefs.Nobody;

    /// <summary>The node's time, for what is decided by date.</summary>
    public NodeClock Clock { get; }

    /// <summary>Takes <see cref="RetentionActor.Sweep"/>.</summary>
    public IActorRef Retention { get; private set; } = ActorRefs.Nobody;

    private DefinitionFiles Files { get; }

    /// <summary>Starts a node in an actor system of its own: it goes on where the last one on this folder ended.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another node uses it; the message says what to do.</exception>
    /// <exception cref="CatalogueUnavailableException">The catalogue cannot be opened; the message says what to do.</exception>
    /// <exception cref="FFmpeg.FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
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

    /// <summary>Takes a data folder and opens its catalogue; no actor runs before <see cref="BeginAsync"/>.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another node uses it; the message says what to do.</exception>
    /// <exception cref="CatalogueUnavailableException">The catalogue cannot be opened; the message says what to do.</exception>
    public static async Task<NodeRuntime> OpenAsync(
        NodeRuntimeOptions options, ILoggerFactory? logging = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        (logging, time) = (logging ?? NullLoggerFactory.Instance, time ?? TimeProvider.System);
        Directory.CreateDirectory(options.RecordingsFolder);
        var touched = Touched(options);
        var folder = FolderLock.Take(options.DataFolder);
        try
        {
            var clock = options.Clock ?? new NodeClock(time);
            var catalogue = await SqlCatalogue.OpenAsync(
                new SqliteDatabase(options.CatalogueFile), Kept(options) with { Root = options.RecordingsFolder, Time = time, Clock = clock },
                options.Cipher, cancellationToken).ConfigureAwait(false);
            try
            {
                await catalogue.Clock.BeginAsync(touched, cancellationToken).ConfigureAwait(false);
                return new NodeRuntime(folder, catalogue, clock, options, logging, time);
            }
            catch
            {
                await catalogue.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Starts everything that has actors: it goes on where the last node on this folder ended.</summary>
    /// <param name="runtime">Sources, recorders and events, made with <see cref="NodeRuntimeOptions.Runtime"/>.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="CatalogueUnavailableException">The catalogue does not answer.</exception>
    public async Task BeginAsync(RecorderRuntime runtime, CancellationToken cancellationToken)
    {
        _runtime = runtime;
        CatalogueActor = runtime.System.ActorOf(
            Actors.Catalogue.CatalogueActor.PropsFor(_catalogue.Journal, runtime.Events, _logging.CreateLogger("Node")), "catalogue");
        // Once this is answered the catalogue is subscribed: no later event is missed.
        await CatalogueActor
            .Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), AnswerTimeout, cancellationToken).ConfigureAwait(false);
        // Before any recorder is made: one that is made while the clock is not trusted hears of it.
        _clockActor = runtime.System.ActorOf(
            ClockActor.PropsFor(Clock, () => _catalogue.Clock.KeepAsync(Clock, _ending.Token), runtime.Recorders, _logging.CreateLogger("Retention")), "clock");
        await StartFleetAsync(_logging.CreateLogger("Fleet"), _logging.CreateLogger("Cluster"), cancellationToken).ConfigureAwait(false);
        StartJanitor(_logging.CreateLogger("Retention"));
    }

    /// <summary>
    /// Ends recording, while the actors still run. What is being recorded stays open, and goes on as the same recording when the node
    /// starts again; after <see cref="StopAllAsync"/> nothing does.
    /// </summary>
    public async Task EndAsync()
    {
        if (_ended || _runtime is null)
        {
            return;
        }

        // Nobody answers in a system that ended by itself.
        if (_runtime.System.WhenTerminated.IsCompleted)
        {
            _ended = true;
            await _ending.CancelAsync().ConfigureAwait(false);
            return;
        }

        _ended = true;
        await _ending.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // It runs on the pool and waits for nobody here.
        await _completing.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        if (Cluster is not null)
        {
            await TryAsync(() => Cluster.LeaveAsync(Options.Runtime.ShutdownTimeout)).ConfigureAwait(false);
        }

        if (!Registry.IsNobody())
        {
            await TryAsync(async () => await Registry.Ask<object>(new RegistryProtocol.End(), AnswerTimeout).ConfigureAwait(false)).ConfigureAwait(false);
        }

        await TryAsync(Runtime.RetireAsync).ConfigureAwait(false);
        await TryAsync(FlushAsync).ConfigureAwait(false);
    }

    /// <summary>As <see cref="EndAsync"/>, and then lets go of the actors, the catalogue and the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        if (_runtime is not null)
        {
            await _runtime.DisposeAsync().ConfigureAwait(false);
        }

        if (Cluster is not null)
        {
            await Cluster.DisposeAsync().ConfigureAwait(false);
        }

        await TryAsync(() => _catalogue.Clock.KeepAsync(Clock, CancellationToken.None)).ConfigureAwait(false);
        await _catalogue.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
        _ending.Dispose();
    }

    /// <summary>Stops every recorder for good: none goes on when the node starts again, but one that did not answer.</summary>
    public Task StopAllAsync() => Registry.IsNobody() || Runtime.System.WhenTerminated.IsCompleted ? Task.CompletedTask : TryAsync(async () =>
    {
        var all = await Registry.Ask<RegistryProtocol.Definitions>(new RegistryProtocol.List(), AnswerTimeout).ConfigureAwait(false);
        await Task.WhenAll(all.Recorders.Select(
            recorder => Registry.Ask<object>(new RecorderProtocol.Stop(recorder.Id), AnswerTimeout))).ConfigureAwait(false);
    });

    /// <summary>Every event raised before is in the catalogue when it returns.</summary>
    public async Task FlushAsync()
    {
        // The mediator hands events on in order: who has its answer knows that those before were handed on.
        await Runtime.Events.Ask<EventsProtocol.Unsubscribed>(new EventsProtocol.Unsubscribe(), AnswerTimeout).ConfigureAwait(false);
        await CatalogueActor.Ask<CatalogueActor.Flushed>(new CatalogueActor.Flush(), AnswerTimeout).ConfigureAwait(false);
    }

    /// <summary>Somebody says that the system clock is right. It survives a power cut when it returns.</summary>
    /// <param name="countsOffTime">Whether what it is ahead went by while the node was off.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no time off to count, and nothing was changed.</returns>
    /// <exception cref="CatalogueUnavailableException">It could not be kept: nothing is removed by age until it is.</exception>
    public async Task<ClockState?> TrustClockAsync(bool countsOffTime, CancellationToken cancellationToken)
    {
        if (Clock.Trust(countsOffTime) is null)
        {
            return null;
        }

        _clockActor.Tell(new ClockActor.CompareClocks());
        await _catalogue.Clock.KeepAsync(Clock, cancellationToken).ConfigureAwait(false);
        return Clock.ReadClocks();
    }

    // Recorders are made while the catalogue is away, too: then nothing is waited for that would not come.
    private async Task SettleAsync()
    {
        var health = await CatalogueActor
            .Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), AnswerTimeout).ConfigureAwait(false);
        if (health.IsWriting)
        {
            await FlushAsync().ConfigureAwait(false);
        }
    }

    // The files are the truth: what the catalogue has and they have not was removed, or is of another data folder.
    private async Task StartFleetAsync(ILogger logger, ILogger clusterLogger, CancellationToken cancellationToken)
    {
        if (Options.Cluster is { } setup)
        {
            await JoinAsync(setup, logger, clusterLogger, cancellationToken).ConfigureAwait(false);
            return;
        }

        var definitions = await Task.Run(Files.ReadAll, cancellationToken).ConfigureAwait(false);
        var known = await _catalogue.ListRecordersAsync(cancellationToken).ConfigureAwait(false);
        foreach (var gone in known.Where(old => !definitions.Any(definition => definition.Id == old.Id)))
        {
            await _catalogue.RemoveRecorderAsync(gone.Id, cancellationToken).ConfigureAwait(false);
        }

        foreach (var definition in definitions)
        {
            await _catalogue.PutRecorderAsync(definition, cancellationToken).ConfigureAwait(false);
        }

        var past = new HistoryFinder(_catalogue, Options.RecordingsFolder, _time) { Clock = Clock };
        var others = past.Recorders().Except(definitions.Select(definition => definition.Id)).ToList();
        var environment = new RegistryEnvironment(Runtime.Recorders, Runtime.Events, _catalogue, Files, past, logger, Options.RestartDelay)
        {
            Flush = SettleAsync,
        };
        Registry = Runtime.System.ActorOf(RegistryActor.PropsFor(environment, definitions), "fleet");
        // Beside the recorders, which come first.
        _completing = CompleteAsync(past, others, logger);
    }

    // A folder that was on its own until now brings its recorders; later, what the others say counts.
    private async Task JoinAsync(ClusterSetup setup, ILogger logger, ILogger clusterLogger, CancellationToken cancellationToken)
    {
        var marker = Path.Combine(Path.GetFullPath(Options.DataFolder), "cluster.joined");
        var own = await Task.Run(Files.ReadAll, cancellationToken).ConfigureAwait(false);
        var finder = new HistoryFinder(_catalogue, Options.RecordingsFolder, _time) { Clock = Clock };
        Cluster = new ClusterRuntime(setup, Runtime.System, _catalogue, finder, Options.RecordingsFolder, new LoadMeter(() => Runtime.Volumes, _time), clusterLogger, _time);
        var hasJoined = File.Exists(marker);
        if (setup.IsAway && hasJoined)
        {
            await Cluster.BeginAwayAsync(own, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await Cluster.JoinAsync(hasJoined ? [] : own, cancellationToken).ConfigureAwait(false);
            foreach (var definition in own)
            {
                Files.Remove(definition.Id);
            }

            own = [];
            await File.WriteAllTextAsync(marker, setup.Options.Node.Id, cancellationToken).ConfigureAwait(false);
        }

        var environment = new RegistryEnvironment(
            Runtime.Recorders, Runtime.Events, _catalogue, Files, Cluster.Past, logger, Options.RestartDelay)
        { Cluster = Cluster.Node, Flush = SettleAsync };
        Registry = Runtime.System.ActorOf(RegistryActor.PropsFor(environment, own), "fleet");
        Cluster.Begin(Registry, FlushAsync);
    }

    private async Task CompleteAsync(HistoryFinder past, IReadOnlyList<RecorderId> others, ILogger logger)
    {
        try
        {
            await Task.Run(() => past.CompleteAsync(others, _ending.Token)).ConfigureAwait(false);
        }
        catch (Exception failed) when (
            failed is OperationCanceledException or IOException or UnauthorizedAccessException or CatalogueUnavailableException or ObjectDisposedException)
        {
            if (!_ending.IsCancellationRequested)
            {
                RegistryLog.NotCompleted(logger, failed.Message);
            }
        }
    }

    private void StartJanitor(ILogger logger)
    {
        var sweep = new RetentionSweep(
            Cluster is null ? _catalogue.Retention : new ClusterRetentionIndex(_catalogue.Retention, Cluster.Index),
            Cluster is null ? _catalogue.ListRecordersAsync : Cluster.PoliciesAsync, Options.RecordingsFolder, Options.Retention, Clock, LocalDisk.Instance, logger);
        Retention = Runtime.System.ActorOf(
            RetentionActor.PropsFor(sweep.RunAsync, Runtime.Events, Options.Retention.Interval, logger), "janitor");
    }

    // By its files, for a catalogue that knows nothing of its clock; null for a data folder without recordings.
    private static DateTimeOffset? Touched(NodeRuntimeOptions options) =>
        Directory.EnumerateDirectories(options.RecordingsFolder).Any() && Directory.GetFiles(options.DataFolder) is { Length: > 0 } files
            ? new DateTimeOffset(files.Max(File.GetLastWriteTimeUtc))
            : null;

    // The journal is the backlog while the others cannot be reached.
    private static CatalogueOptions Kept(NodeRuntimeOptions options) =>
        options.Cluster is null ? options.Catalogue : options.Catalogue with { JournalEntries = Math.Max(options.Catalogue.JournalEntries, 2_000_000) };

    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is AskTimeoutException or CatalogueUnavailableException or TimeoutException or ObjectDisposedException)
        {
            // What does not answer must not keep the process from ending; the next start completes what is left.
        }
    }
}

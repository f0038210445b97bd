using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Recorder.Actors;
using Recorder.Node.Api;

namespace Recorder.Node.HyperDeck;

/// <summary>
/// A deck made of recorders that are recorded as one take. What one of them refuses does not keep the others from it: a recorder that cannot be part of
/// the take is started by itself, and the client is told of the first one that could not.
/// </summary>
internal sealed partial class RecorderGroupDeck : IDeck, IDeckGroup, IDisposable
{
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(5);

    private readonly HyperDeckGroup _group;
    private readonly RegistryClient _registry;
    private readonly NodeRuntime _node;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _begin;
    private readonly DeckSubscribers _subscribers = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly GroupTake _takes;
    private readonly IActorRef _actor;
    private volatile GroupState _state;
    private volatile HashSet<RecorderId> _members = [];

    public RecorderGroupDeck(
        HyperDeckGroup group, ServeOptions options, NodeRuntime node, RegistryClient registry, TakeClient takes, IActorRef events, TimeProvider time, ILogger logger)
    {
        (_group, _registry, _node, _folder, _time, _logger) = (group, registry, node, options.DataFolder, time, logger);
        (_begin, _takes) = (time.GetTimestamp(), new GroupTake(group, takes, time));
        _state = new GroupState { Name = group.Name };
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Node}/{group.Name}"));
        Device = new DeckDevice($"Recorder {group.Name}", Convert.ToHexString(id.AsSpan(0, 8)), Version);
        _actor = node.Runtime.System.ActorOf(DeckGroupActor.PropsFor(this, _state, events, node.Router, logger), "hyperdeck-" + group.Name);
    }

    private static string Version =>
        typeof(RecorderGroupDeck).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public DeckDevice Device { get; }

    public TimeSpan Uptime => _time.GetElapsedTime(_begin);

    public DeckTransport Transport => _state.TransportAt(_time.GetLocalNow());

    public DeckSlot Slot => _state.Slot;

    public IReadOnlyList<DeckClip> Clips => _state.Clips;

    public Task<DeckResult> RecordAsync(string? name, CancellationToken cancellationToken) => AloneAsync(async recorders =>
    {
        if (_state.Obstacle is { } obstacle)
            return obstacle;

        var idle = recorders.Where(recorder => recorder.State is RecorderState.Inactive or RecorderState.Unknown).ToList();
        if (idle.Count == 0)
            return DeckResult.InvalidState;

        _actor.Tell(new DeckGroupActor.Wish(name));
        var take = await _takes.BeginAsync(idle.Select(recorder => recorder.Id), name, _state.Rate);
        DeckResult[] results =
        [
            .. take?.Angles.Where(angle => GroupTake.Has(take, angle.Recorder)).Select(angle => GroupTake.MayBecomeReady(angle) ? DeckResult.NoInput : DeckResult.Done) ?? [],
            .. await TellAsync([.. idle.Where(recorder => !GroupTake.Has(take, recorder.Id))], id => new RecorderProtocol.Start(id)),
        ];
        // Where nothing was begun, nothing later is to have the name.
        if (!results.Contains(DeckResult.Done))
            _actor.Tell(new DeckGroupActor.Wish(null));

        return FirstProblem(results);
    }, cancellationToken);

    public Task<DeckResult> StopAsync(CancellationToken cancellationToken) => AloneAsync(
        async recorders =>
        {
            var take = await _takes.FindAsync(_members);
            if (take is not null)
                take = await _takes.TryStopAsync(take);

            var active = recorders.Where(recorder => recorder.State != RecorderState.Inactive && !HasStopped(take, recorder.Id)).ToList();
            return FirstProblem(await TellAsync(active, id => new RecorderProtocol.Stop(id)));
        },
        cancellationToken);

    public Task<DeckResult> SpillAsync(CancellationToken cancellationToken) => AloneAsync(async recorders =>
    {
        var active = recorders.Where(recorder => recorder.State is RecorderState.Recording or RecorderState.Paused).ToList();
        if (active.Count == 0)
            return DeckResult.InvalidState;

        var take = await _takes.FindAsync(_members);
        var answers = take is null || await _takes.TrySplitAsync(take) is not { } split ? [] : split.Answers.Where(answer => active.Any(recorder => recorder.Id == answer.Recorder)).ToList();
        DeckResult[] results =
        [
            .. answers.Select(answer => answer.Error is null ? DeckResult.Done : DeckResult.InvalidState),
            .. await TellAsync([.. active.Where(recorder => !answers.Any(answer => answer.Recorder == recorder.Id))], id => new RecorderProtocol.Split(id)),
        ];
        if (results.Contains(DeckResult.Done))
            _actor.Tell(new DeckGroupActor.Spilled(_time.GetLocalNow()));

        return FirstProblem(results);
    }, cancellationToken);

    public IDisposable Subscribe(Action<DeckChange> changed) => _subscribers.Add(changed);

    public bool Has(RecorderId recorder) => _members.Contains(recorder);

    public async Task<GroupLook> LookAsync()
    {
        var recorders = await AskAsync();
        // A volume that hangs keeps this one thread.
        var volume = await Task.Run(ReadVolume);
        var answers = recorders.Where(recorder => recorder.Status is not null).Select(recorder => recorder.Status!).ToList();
        return new GroupLook(_time.GetLocalNow(), answers, recorders.Count - answers.Count, volume);
    }

    public void Publish(GroupState state, DeckChange change)
    {
        _state = state;
        if (change != DeckChange.None)
            _subscribers.Tell(change);
    }

    public void Dispose() => _node.Runtime.System.Stop(_actor);

    // Commands of several clients follow one another. Each is answered when the deck shows what became of it.
    private async Task<DeckResult> AloneAsync(Func<IReadOnlyList<Member>, Task<DeckResult>> command, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var members = await AskAsync();
            if (members.Count == 0)
            {
                LogEmpty(_group.Name, string.Join(", ", _group.Recorders));
                return DeckResult.NoInput;
            }

            var result = await command(members);
            await _actor.Ask<DeckGroupActor.Refreshed>(new DeckGroupActor.Refresh(), Shortly, cancellationToken);
            return result;
        }
        catch (Exception failed) when (failed is ProblemException or AskTimeoutException)
        {
            LogNotDone(_group.Name, failed.Message);
            // A recorder belongs to another take, for example.
            return failed is ProblemException refused ? ResultOf(refused.Problem) : DeckResult.InternalError;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task<DeckResult[]> TellAsync(IReadOnlyList<Member> members, Func<RecorderId, RecorderProtocol.ICommand> command) =>
        Task.WhenAll(members.Select(member => TellAsync(command(member.Id))));

    private static bool HasStopped(Take? take, RecorderId recorder) =>
        take?.Angles.Any(angle => angle.Recorder == recorder && angle.State == AngleState.Stopped && angle.Recordings.Count > 0) ?? false;

    private static DeckResult FirstProblem(DeckResult[] results) => results.FirstOrDefault(result => result != DeckResult.Done, DeckResult.Done);

    private async Task<DeckResult> TellAsync(RecorderProtocol.ICommand command)
    {
        try
        {
            await _registry.CommandAsync(command);
            return DeckResult.Done;
        }
        catch (ProblemException refused)
        {
            LogRefused(_group.Name, command.Recorder.Value, command.GetType().Name, refused.Message);
            return ResultOf(refused.Problem);
        }
    }

    private async Task<IReadOnlyList<Member>> AskAsync()
    {
        var members = (await _registry.ListAsync()).Where(IsMember).Select(definition => definition.Id).ToList();
        _members = [.. members];
        return await Task.WhenAll(members.Select(async id => new Member(id, await _registry.StatusAsync(id))));
    }

    private bool IsMember(RecorderDefinition definition) => _group.Recorders.Any(selector =>
        selector.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
            ? definition.Labels.TryGetValue(selector[..colon], out var value) && value == selector[(colon + 1)..]
            : definition.Id.Value == selector);

    private VolumeLook? ReadVolume()
    {
        try
        {
            var drive = new DriveInfo(_folder);
            return new VolumeLook(Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder)), drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static DeckResult ResultOf(Problem problem) => problem.Status switch
    {
        StatusCodes.Status409Conflict => DeckResult.InvalidState,
        // The source cannot be recorded, may not be, or is not defined any more.
        StatusCodes.Status400BadRequest or StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound => DeckResult.NoInput,
        _ => DeckResult.InternalError,
    };

    [LoggerMessage(EventId = 7211, Level = LogLevel.Warning, Message = "HyperDeck group {Group}: recorder {Recorder} refused {Command}: {Cause}")]
    private partial void LogRefused(string group, string recorder, string command, string cause);

    [LoggerMessage(EventId = 7212, Level = LogLevel.Warning, Message = "HyperDeck group {Group}: there is no recorder of {Recorders}; add one, or change --hyperdeck")]
    private partial void LogEmpty(string group, string recorders);

    [LoggerMessage(EventId = 7213, Level = LogLevel.Warning, Message = "HyperDeck group {Group}: a command was not carried out: {Cause}")]
    private partial void LogNotDone(string group, string cause);

    /// <param name="Status">Null when it gives no answer.</param>
    private sealed record Member(RecorderId Id, RecorderProtocol.Status? Status)
    {
        public RecorderState State => Status?.State ?? RecorderState.Unknown;
    }
}

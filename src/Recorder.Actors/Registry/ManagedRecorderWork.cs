using System.Diagnostics;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Registry;

/// <summary>
/// What a member of the fleet does that takes time, one at a time and off its mailbox. It knows nothing but what it is given: the member
/// takes the <see cref="Outcome"/> in a turn of its own.
/// </summary>
internal sealed class ManagedRecorderWork(RegistryEnvironment environment)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // A source that sends nothing for so long is given without its past.
    private static readonly TimeSpan WarmingTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan WarmthInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Makes the recorder as it was before, and as it is meant to be.</summary>
    public async Task<Outcome> MakeAsync(RecorderDefinition definition, object? reply)
    {
        // A recorder of this name may have been here until just now: the next one's numbers go on behind its last event.
        await environment.Flush().ConfigureAwait(false);
        return await MakeAsync(definition, await FindPastAsync(definition).ConfigureAwait(false), reply).ConfigureAwait(false);
    }

    /// <summary>Makes a recorder that could not be made. One that was made too late for its answer goes first: it counts from an older past.</summary>
    public async Task<Outcome> MakeAgainAsync(RecorderDefinition definition)
    {
        await AskAsync(definition.Id, new RecordersProtocol.Remove(definition.Id)).ConfigureAwait(false);
        return await MakeAsync(definition, reply: null).ConfigureAwait(false);
    }

    private async Task<Outcome> MakeAsync(RecorderDefinition definition, FoundHistory past, object? reply)
    {
        var made = await AskAsync(definition.Id, Creation(definition) with { History = past.History }).ConfigureAwait(false);
        return made is Refused refused
            ? new Outcome(definition, refused, NotMade: refused.Error.Message)
            : await StartIfDesiredAsync(definition, reply).ConfigureAwait(false);
    }

    /// <summary>Makes a recorder that this node has claimed, or lets one that was warmed go on.</summary>
    public async Task<Outcome> AdoptAsync(RecorderDefinition definition, bool isMade)
    {
        var reply = new RegistryProtocol.Adopted(definition.Id);
        await Task.Run(() => environment.Files.Write(definition)).ConfigureAwait(false);
        if (!isMade)
        {
            return await MakeAsync(definition, reply).ConfigureAwait(false);
        }

        var past = await FindPastAsync(definition).ConfigureAwait(false);
        if (await AskAsync(definition.Id, ToOne(definition.Id, new RecorderControl.TakeOver(past.History))).ConfigureAwait(false) is Refused)
        {
            // It was let go meanwhile.
            return await MakeAsync(definition, past, reply).ConfigureAwait(false);
        }

        return await StartIfDesiredAsync(definition, reply).ConfigureAwait(false);
    }

    /// <summary>Makes a recorder that is about to be this node's, and waits until it holds a key frame.</summary>
    public async Task<Outcome> WarmAsync(RecorderDefinition definition, bool isMade)
    {
        var made = isMade ? null : await AskAsync(definition.Id, Creation(definition) with { IsWarm = true }).ConfigureAwait(false);
        var reply = new RegistryProtocol.Adopted(definition.Id);
        if (made is Refused refused)
        {
            return new Outcome(definition, reply, NotMade: refused.Error.Message);
        }

        var waited = Stopwatch.StartNew();
        while (definition.Desired != RecorderState.Inactive && waited.Elapsed < WarmingTime
            && await AskAsync(definition.Id, ToOne(definition.Id, new RecorderControl.GetWarmth())).ConfigureAwait(false)
                is RecorderControl.Warmth { IsWarm: false })
        {
            await Task.Delay(WarmthInterval).ConfigureAwait(false);
        }

        return new Outcome(definition, reply);
    }

    /// <summary>Ends a recorder here, so that another node can go on.</summary>
    public async Task<Outcome> ReleaseAsync(RecorderDefinition definition)
    {
        var given = await AskAsync(definition.Id, new RecordersActor.GiveUp(definition.Id)).ConfigureAwait(false) as RecordersActor.GivenUp;
        var history = await environment.Cluster!.LeaveAsync(definition).ConfigureAwait(false);
        history = history with { Continue = history.Continue is { } open ? open with { KeyPictures = given?.Pictures } : null };
        await Task.Run(() => environment.Files.Remove(definition.Id)).ConfigureAwait(false);
        return new Outcome(definition, new RegistryProtocol.Released(definition.Id, history), IsGone: true);
    }

    /// <summary>Keeps what is new, then makes it.</summary>
    public async Task<Outcome> DefineAsync(RecorderDefinition definition)
    {
        try
        {
            await environment.KeepAsync(definition).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Outcome(definition, new Refused(definition.Id, RecorderState.Inactive, new MediaError(
                ErrorName.UnknownError, $"Recorder {definition.Id} cannot be kept: {exception.Message}")), IsGone: true);
        }

        return await MakeAsync(definition, new RegistryProtocol.Defined(definition)).ConfigureAwait(false);
    }

    /// <summary>Takes up a recorder that is there as it is kept.</summary>
    public async Task<Outcome> GoOnAsync(RecorderId recorder)
    {
        var definition = await Task.Run(() => environment.Files.Read(recorder)).ConfigureAwait(false);
        return new Outcome(definition, Reply: null, await RecordingAsync(recorder).ConfigureAwait(false));
    }

    /// <summary>Starts a recorder that is meant to record.</summary>
    public async Task<Outcome> StartIfDesiredAsync(RecorderDefinition definition, object? reply)
    {
        if (definition.Desired == RecorderState.Inactive)
        {
            return new Outcome(definition, reply);
        }

        var started = await AskAsync(definition.Id, new Start(definition.Id, definition.Timeslice)).ConfigureAwait(false);
        if (started is Refused { State: not (RecorderState.Recording or RecorderState.Paused) } refused)
        {
            return new Outcome(definition, reply, NotStarted: refused.Error.Message);
        }

        if (definition.Desired == RecorderState.Paused)
        {
            await AskAsync(definition.Id, new Pause(definition.Id)).ConfigureAwait(false);
        }

        return new Outcome(definition, reply, await RecordingAsync(definition.Id).ConfigureAwait(false));
    }

    /// <summary>Carries a command out; what the recorder is meant to be is kept before the answer.</summary>
    public async Task<Outcome> CommandAsync(RecorderDefinition definition, ICommand command, RecordingId? recording)
    {
        await (environment.Cluster?.CheckAsync(definition.Id) ?? Task.CompletedTask).ConfigureAwait(false);
        var answer = await AskAsync(
            definition.Id, command is Start start ? start with { Timeslice = start.Timeslice ?? definition.Timeslice } : command).ConfigureAwait(false);
        if (answer is not Accepted)
        {
            return new Outcome(definition, answer, recording);
        }

        var meant = definition with { Desired = Desired(command) };
        if (meant.Desired != definition.Desired)
        {
            await environment.KeepAsync(meant).ConfigureAwait(false);
        }

        return new Outcome(meant, answer, command is Start ? await RecordingAsync(definition.Id).ConfigureAwait(false) : recording);
    }

    /// <summary>Replaces the definition, and the recorder where it must be made anew.</summary>
    public async Task<Outcome> ChangeAsync(RecorderDefinition from, RecorderDefinition to, RecordingId? recording)
    {
        to = to with { Desired = from.Desired };
        var reply = new RegistryProtocol.Defined(to);
        if (DefinitionCheck.CanChangeAtOnce(from, to))
        {
            await environment.KeepAsync(to).ConfigureAwait(false);
            return new Outcome(to, reply, recording);
        }

        var status = await AskAsync(from.Id, new GetStatus(from.Id)).ConfigureAwait(false);
        if (status is Status { State: not RecorderState.Inactive } running)
        {
            return new Outcome(from, new Refused(from.Id, running.State, new MediaError(
                ErrorName.InvalidStateError,
                $"Recorder {from.Id} is {running.State.ToString().ToLowerInvariant()}: stop it before you change its source or options; " +
                "labels, retention and timeslice can be changed now.")), recording);
        }

        await AskAsync(from.Id, new RecordersProtocol.Remove(from.Id)).ConfigureAwait(false);
        await environment.KeepAsync(to).ConfigureAwait(false);
        return await MakeAsync(to, reply).ConfigureAwait(false);
    }

    /// <summary>Removes the recorder, then its definition.</summary>
    public async Task<Outcome> DeleteAsync(RecorderDefinition definition)
    {
        await AskAsync(definition.Id, new RecordersProtocol.Remove(definition.Id)).ConfigureAwait(false);
        await environment.ForgetAsync(definition.Id).ConfigureAwait(false);
        return new Outcome(definition, new RegistryProtocol.Deleted(definition.Id), IsGone: true);
    }

    /// <summary>What it is meant to be changed by itself.</summary>
    public async Task<Outcome> KeepAsync(RecorderDefinition definition)
    {
        await environment.KeepAsync(definition).ConfigureAwait(false);
        return new Outcome(definition, Reply: null);
    }

    private async Task<FoundHistory> FindPastAsync(RecorderDefinition definition)
    {
        var past = await environment.History.FindAsync(definition, CancellationToken.None).ConfigureAwait(false);
        if (past.Missing.Count > 0)
        {
            RegistryLog.Announces(environment.Logger, definition.Id, past.Missing.Count);
            foreach (var missing in past.Missing)
            {
                environment.Events.Tell(missing);
            }
        }

        return past;
    }

    private RecordersProtocol.Create Creation(RecorderDefinition definition) => new(
        definition.Id, definition.Source, definition.Options with { ExtentStagger = true }, new RecordingTarget(environment.Files.Folder));

    private static RecordersActor.ToOne ToOne(RecorderId recorder, object message) => new(recorder, message);

    private static RecorderState Desired(ICommand command) => command switch
    {
        Start or Resume => RecorderState.Recording,
        Pause => RecorderState.Paused,
        _ => RecorderState.Inactive,
    };

    private async Task<RecordingId?> RecordingAsync(RecorderId recorder) =>
        (await AskAsync(recorder, new GetStatus(recorder)).ConfigureAwait(false) as Status)?.Recording;

    private async Task<object> AskAsync(RecorderId recorder, object message)
    {
        try
        {
            return await environment.Recorders.Ask<object>(message, AnswerTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return new Refused(recorder, RecorderState.Unknown, new MediaError(
                ErrorName.UnknownError, $"Recorder {recorder} gave no answer in {AnswerTimeout.TotalSeconds} s; ask for its state."));
        }
    }

    /// <param name="Definition">As it is now kept.</param>
    /// <param name="Reply">For who asked.</param>
    /// <param name="Recording">The recording under way.</param>
    /// <param name="NotMade">Why there is no recorder yet.</param>
    /// <param name="NotStarted">Why it does not record although it is meant to.</param>
    /// <param name="IsGone">Whether it was deleted.</param>
    internal sealed record Outcome(
        RecorderDefinition Definition, object? Reply, RecordingId? Recording = null, string? NotMade = null, string? NotStarted = null,
        bool IsGone = false);
}

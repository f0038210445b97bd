using System.Diagnostics;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Registry;

/// <summary>Changes no state of the <see cref="ManagedRecorderActor"/>, which applies the <see cref="Outcome"/>.</summary>
internal sealed partial class ManagedRecorderWork(RegistryEnvironment environment)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // A recorder that has no key frame after this time is handed over without a pre-roll.
    private static readonly TimeSpan MaximumPreparation = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PreparationInterval = TimeSpan.FromMilliseconds(50);

    public async Task<Outcome> CreateAsync(RecorderDefinition definition, object? reply)
    {
        // A recorder of this id may have existed until just now: event numbers continue after its last event.
        await environment.Flush().ConfigureAwait(false);
        return await CreateAsync(definition, await FindHistoryAsync(definition).ConfigureAwait(false), reply).ConfigureAwait(false);
    }

    // Removes the recorder first: it exists with an outdated history when only the answer to its creation was late.
    public async Task<Outcome> CreateAgainAsync(RecorderDefinition definition)
    {
        await AskAsync(definition.Id, new RecordersProtocol.Remove(definition.Id)).ConfigureAwait(false);
        return await CreateAsync(definition, reply: null).ConfigureAwait(false);
    }

    private async Task<Outcome> CreateAsync(RecorderDefinition definition, FoundHistory found, object? reply)
    {
        var created = await AskAsync(definition.Id, CreateMessage(definition) with { History = found.History }).ConfigureAwait(false);
        return created is Refused refused
            ? new Outcome(definition, refused, NotCreated: refused.Error.Message)
            : await StartIfDesiredAsync(definition, reply).ConfigureAwait(false);
    }

    /// <summary>Creates a recorder that this node owns from now on, or continues a recorder that was prepared.</summary>
    public async Task<Outcome> AcceptAsync(RecorderDefinition definition, bool isCreated)
    {
        var reply = new RegistryProtocol.Ready(definition.Id);
        await Task.Run(() => environment.Files.Write(definition)).ConfigureAwait(false);
        if (!isCreated)
            return await CreateAsync(definition, reply).ConfigureAwait(false);

        var found = await FindHistoryAsync(definition).ConfigureAwait(false);
        var takeOver = new RecordersActor.ToOne(definition.Id, new RecorderControl.TakeOver(found.History));
        if (await AskAsync(definition.Id, takeOver).ConfigureAwait(false) is Refused)
        {
            // The recorder was removed meanwhile.
            return await CreateAsync(definition, found, reply).ConfigureAwait(false);
        }

        return await StartIfDesiredAsync(definition, reply).ConfigureAwait(false);
    }

    /// <summary>Creates a recorder that another node is about to hand over, and waits until its pre-roll has a key frame.</summary>
    public async Task<Outcome> PrepareAsync(RecorderDefinition definition, bool isCreated)
    {
        var created = isCreated ? null : await AskAsync(definition.Id, CreateMessage(definition) with { IsWarm = true }).ConfigureAwait(false);
        var reply = new RegistryProtocol.Ready(definition.Id);
        if (created is Refused refused)
            return new Outcome(definition, reply, NotCreated: refused.Error.Message);

        var getStatus = new RecordersActor.ToOne(definition.Id, new RecorderControl.GetPreRollStatus());
        var waiting = Stopwatch.StartNew();
        while (definition.Desired != RecorderState.Inactive && waiting.Elapsed < MaximumPreparation
            && await AskAsync(definition.Id, getStatus).ConfigureAwait(false)
                is RecorderControl.PreRollStatus { HasKeyFrame: false })
        {
            await Task.Delay(PreparationInterval).ConfigureAwait(false);
        }

        return new Outcome(definition, reply);
    }

    public async Task<Outcome> HandOverAsync(RecorderDefinition definition)
    {
        var handedOver = await AskAsync(definition.Id, new RecordersActor.HandOver(definition.Id)).ConfigureAwait(false) as RecordersActor.HandedOver;
        // A camera may refuse the next node for as long as it serves this one.
        Task released = environment.Recorders.Ask<object>(new RecordersActor.ReleaseSource(definition.Source), ReleaseTimeout);
        var history = await CompleteHandOverAsync(definition).ConfigureAwait(false);
        await released.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (history?.Continue is { } open)
            history = history with { Continue = open with { KeyPictures = handedOver?.KeyFrames } };

        await Task.Run(() => environment.Files.Remove(definition.Id)).ConfigureAwait(false);
        return new Outcome(definition, new RegistryProtocol.HandedOver(definition.Id, history), IsEnded: true);
    }

    // The recorder has ended here in any case. Without a history the next owner continues from what its own catalogue says.
    private async Task<RecorderHistory?> CompleteHandOverAsync(RecorderDefinition definition)
    {
        try
        {
            return await environment.Cluster!.CompleteHandOverAsync(definition).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CatalogueUnavailableException or AskTimeoutException)
        {
            RegistryLog.NotHandedOver(environment.Logger, definition.Id, failed.Message);
            return null;
        }
    }

    public async Task<Outcome> DefineAsync(RecorderDefinition definition)
    {
        try
        {
            await environment.PersistDefinitionAsync(definition).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Outcome(definition, new Refused(definition.Id, RecorderState.Inactive, new MediaError(
                ErrorName.UnknownError, $"Recorder {definition.Id} cannot be stored: {exception.Message}")), IsEnded: true);
        }

        return await CreateAsync(definition, new RegistryProtocol.Defined(definition)).ConfigureAwait(false);
    }

    public async Task<Outcome> ContinueAsync(RecorderId recorder)
    {
        var definition = await Task.Run(() => environment.Files.Read(recorder)).ConfigureAwait(false);
        return new Outcome(definition, Reply: null, await RecordingAsync(recorder).ConfigureAwait(false));
    }

    public async Task<Outcome> StartIfDesiredAsync(RecorderDefinition definition, object? reply)
    {
        if (definition.Desired == RecorderState.Inactive)
            return new Outcome(definition, reply);

        var started = await AskAsync(definition.Id, new Start(definition.Id, definition.Timeslice)).ConfigureAwait(false);
        if (started is Refused { State: not (RecorderState.Recording or RecorderState.Paused) } refused)
            return new Outcome(definition, reply, NotStarted: refused.Error.Message);

        if (definition.Desired == RecorderState.Paused)
            await AskAsync(definition.Id, new Pause(definition.Id)).ConfigureAwait(false);

        return new Outcome(
            definition, reply, (started as Accepted)?.Recording ?? await RecordingAsync(definition.Id).ConfigureAwait(false));
    }

    private async Task<bool> IsOwnedAsync(RecorderId recorder)
    {
        try
        {
            await (environment.Cluster?.CheckOwnershipAsync(recorder) ?? Task.CompletedTask).ConfigureAwait(false);
            return true;
        }
        catch (CatalogueUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Sends a command to the recorder; a new desired state is persisted before the command is answered.</summary>
    /// <param name="pending">A change that waits for the end of the recording; null for none.</param>
    public async Task<Outcome> CommandAsync(RecorderDefinition definition, RecorderDefinition? pending, ICommand command, RecordingId? recording)
    {
        // Nothing has been done yet, so whoever asks may ask its new node.
        if (!await IsOwnedAsync(definition.Id).ConfigureAwait(false))
            return new Outcome(definition, new RegistryProtocol.Moved(definition.Id), recording) { Pending = pending };

        if (pending is not null && command is Start && definition.Desired == RecorderState.Inactive)
            (definition, pending) = await ApplyBeforeStartAsync(definition, pending).ConfigureAwait(false);

        var answer = await AskAsync(
            definition.Id, command is Start start ? start with { Timeslice = start.Timeslice ?? definition.Timeslice } : command).ConfigureAwait(false);
        if (answer is not Accepted accepted)
            return new Outcome(definition, answer, recording) { Pending = pending };

        var changed = definition with { Desired = Desired(command) };
        if (changed.Desired != definition.Desired)
            await environment.PersistDefinitionAsync((pending ?? changed) with { Desired = changed.Desired }).ConfigureAwait(false);

        return new Outcome(changed, answer, accepted.Recording ?? recording) { Pending = pending };
    }

    /// <param name="pending">A change that waits for the end of the recording; null for none.</param>
    public async Task<Outcome> ChangeAsync(RecorderDefinition from, RecorderDefinition? pending, RecorderDefinition to, RecordingId? recording)
    {
        to = to with { Desired = from.Desired };
        var reply = new RegistryProtocol.Defined(to);
        var isSame = DefinitionCheck.CanChangeWhileRecording(from, to);
        if (isSame || (pending is not null && DefinitionCheck.CanChangeWhileRecording(pending, to)))
        {
            await environment.PersistDefinitionAsync(to).ConfigureAwait(false);
            return isSame ? new Outcome(to, reply, recording) : new Outcome(TakeWhileRecording(from, to), reply, recording) { Pending = to };
        }

        var status = await AskAsync(from.Id, new GetStatus(from.Id)).ConfigureAwait(false);
        if (status is Status { State: not RecorderState.Inactive } running)
        {
            return new Outcome(from, new Refused(from.Id, running.State, new MediaError(
                ErrorName.InvalidStateError,
                $"Recorder {from.Id} is {running.State.ToString().ToLowerInvariant()}: stop it before you change its source or options; " +
                "labels, retention and timeslice can be changed now.")), recording)
            { Pending = pending };
        }

        await AskAsync(from.Id, new RecordersProtocol.Remove(from.Id)).ConfigureAwait(false);
        await environment.PersistDefinitionAsync(to).ConfigureAwait(false);
        return await CreateAsync(to, reply).ConfigureAwait(false);
    }

    public async Task<Outcome> DeleteAsync(RecorderDefinition definition)
    {
        await AskAsync(definition.Id, new RecordersProtocol.Remove(definition.Id)).ConfigureAwait(false);
        await environment.RemoveDefinitionAsync(definition.Id).ConfigureAwait(false);
        return new Outcome(definition, new RegistryProtocol.Deleted(definition.Id), IsEnded: true);
    }

    /// <param name="pending">A change that waits for the end of the recording; null for none.</param>
    public async Task<Outcome> PersistAsync(RecorderDefinition definition, RecorderDefinition? pending)
    {
        await environment.PersistDefinitionAsync((pending ?? definition) with { Desired = definition.Desired }).ConfigureAwait(false);
        return new Outcome(definition, Reply: null) { Pending = pending };
    }

    private async Task<FoundHistory> FindHistoryAsync(RecorderDefinition definition)
    {
        var found = await environment.History.FindAsync(definition, CancellationToken.None).ConfigureAwait(false);
        if (found.Missing.Count > 0)
        {
            RegistryLog.PublishesMissing(environment.Logger, definition.Id, found.Missing.Count);
            foreach (var missing in found.Missing)
                environment.Events.Tell(missing);
        }

        return found;
    }

    private RecordersProtocol.Create CreateMessage(RecorderDefinition definition) => new(
        definition.Id, definition.Source, definition.Options with { ExtentStagger = true }, new RecordingTarget(environment.Files.Folder));

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
                ErrorName.UnknownError, $"Recorder {recorder} did not answer within {AnswerTimeout.TotalSeconds} s; check its status and try again."));
        }
    }

    /// <param name="Reply">The answer to the caller; null for none.</param>
    /// <param name="NotStarted">Why the recorder does not record although its desired state says so.</param>
    internal sealed record Outcome(
        RecorderDefinition Definition, object? Reply, RecordingId? Recording = null, string? NotCreated = null, string? NotStarted = null,
        bool IsEnded = false)
    {
        /// <summary>A change that waits for the end of the recording; null for none.</summary>
        public RecorderDefinition? Pending { get; init; }
    }
}

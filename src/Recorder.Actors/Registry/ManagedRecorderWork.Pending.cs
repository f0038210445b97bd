using System.Diagnostics;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Registry;

// Changes that another node made, which are registered already.
internal sealed partial class ManagedRecorderWork
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Takes a definition that another node changed; what cannot change while the recorder records waits.</summary>
    public async Task<Outcome> FollowAsync(RecorderDefinition from, RecorderDefinition to, RecordingId? recording)
    {
        to = to with { Desired = from.Desired };
        await environment.StoreDefinitionAsync(to).ConfigureAwait(false);
        if (DefinitionCheck.CanChangeWhileRecording(from, to))
            return new Outcome(to, Reply: null, recording);

        if (!await IsRunningAsync(from.Id).ConfigureAwait(false))
            return await ReplaceAsync(to).ConfigureAwait(false);

        return new Outcome(TakeWhileRecording(from, to), Reply: null, recording) { Pending = to };
    }

    // A recording that was just stopped is about to end.
    private async Task<(RecorderDefinition Definition, RecorderDefinition? Pending)> ApplyBeforeStartAsync(RecorderDefinition from, RecorderDefinition pending)
    {
        var waiting = Stopwatch.StartNew();
        while (await IsRunningAsync(from.Id).ConfigureAwait(false))
        {
            if (waiting.Elapsed > EndPatience)
                return (from, pending);

            await Task.Delay(EndInterval).ConfigureAwait(false);
        }

        return ((await ReplaceAsync(pending with { Desired = from.Desired }).ConfigureAwait(false)).Definition, null);
    }

    private async Task<Outcome> ReplaceAsync(RecorderDefinition to)
    {
        await AskAsync(to.Id, new RecordersProtocol.Remove(to.Id)).ConfigureAwait(false);
        return await CreateAsync(to, reply: null).ConfigureAwait(false);
    }

    // A recorder that does not answer may be recording.
    private async Task<bool> IsRunningAsync(RecorderId recorder) => await AskAsync(recorder, new GetStatus(recorder)).ConfigureAwait(false)
        is Status { State: not RecorderState.Inactive } or Refused { Error.Name: ErrorName.UnknownError };

    private static RecorderDefinition TakeWhileRecording(RecorderDefinition from, RecorderDefinition to) =>
        to with { Source = from.Source, Options = from.Options };
}

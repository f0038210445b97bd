using Recorder.Actors;
using Recorder.Actors.Fleet;
using Recorder.Contracts;
using Recorder.Node.Http;
using Recorder.Node.Telemetry;

namespace Recorder.Node.Api;

/// <summary>Asks the actors of the recorders for endpoints. Refusals and timeouts become problems.</summary>
internal sealed class RecorderClient(NodeRuntime node)
{
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(5);

    // Removing a recorder stops it first, and completes its files.
    private static readonly TimeSpan Patiently = TimeSpan.FromSeconds(30);

    /// <summary>All definitions, by id.</summary>
    public async Task<IReadOnlyList<RecorderDefinition>> ListAsync() =>
        (await AskAsync<FleetProtocol.Definitions>(new FleetProtocol.List(), Shortly)).Recorders;

    /// <summary>The definitions of this node's recorders, by id.</summary>
    public async Task<IReadOnlyList<RecorderDefinition>> ListHereAsync() =>
        (await AskAsync<FleetProtocol.Definitions>(new FleetProtocol.List(), Shortly, node.Fleet)).Recorders;

    /// <summary>The node that owns a recorder: null if it is this one, empty if it is unknown.</summary>
    public async Task<string?> NodeOfAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        IsHere(recorder) ? null : (await node.Cluster!.Routes.FindAsync(recorder, cancellationToken))?.Owner ?? "";

    /// <summary>Finds a definition; null if there is no such recorder.</summary>
    public async Task<RecorderDefinition?> FindAsync(RecorderId recorder) =>
        IsHere(recorder)
            ? (await ListHereAsync()).FirstOrDefault(definition => definition.Id == recorder)
            : (await node.Cluster!.Routes.FindAsync(recorder, CancellationToken.None))?.Definition;

    /// <summary>Defines a recorder.</summary>
    /// <exception cref="ProblemException">The recorder refused, or gave no answer.</exception>
    public async Task<RecorderDefinition> DefineAsync(RecorderDefinition definition) =>
        (await AskAsync<FleetProtocol.Defined>(new FleetProtocol.Define(definition), Patiently)).Definition;

    /// <summary>Replaces a definition.</summary>
    /// <exception cref="ProblemException">The recorder refused, or gave no answer.</exception>
    public async Task<RecorderDefinition> ChangeAsync(RecorderDefinition definition) =>
        (await AskAsync<FleetProtocol.Defined>(new FleetProtocol.Change(definition), Patiently)).Definition;

    /// <summary>Removes a recorder and its definition; its recordings stay.</summary>
    public Task RemoveAsync(RecorderId recorder) => AskAsync<FleetProtocol.Deleted>(new FleetProtocol.Delete(recorder), Patiently);

    /// <summary>Carries out a command.</summary>
    /// <returns>The state that the recorder reached.</returns>
    /// <exception cref="ProblemException">The recorder refused, or gave no answer.</exception>
    public async Task<RecorderState> CommandAsync(RecorderProtocol.ICommand command)
    {
        using var activity = NodeTrace.Command(command);
        try
        {
            return activity.Reached((await AskAsync<RecorderProtocol.Accepted>(command, Patiently)).State);
        }
        catch (ProblemException refused)
        {
            activity.Refused(refused.Problem.Name, refused.Problem.Detail);
            throw;
        }
    }

    /// <summary>The recorder's status; null if it gives no answer.</summary>
    public async Task<RecorderProtocol.Status?> StatusAsync(RecorderId recorder)
    {
        try
        {
            return await (IsHere(recorder) ? node.Runtime.Recorders : node.Region)
                .Ask<object>(new RecorderProtocol.GetStatus(recorder), Shortly) as RecorderProtocol.Status;
        }
        catch (AskTimeoutException)
        {
            // This recorder hangs; the others, and its definition, can still be listed.
            return null;
        }
    }

    private bool IsHere(RecorderId recorder) => node.Cluster?.Node.Tenures.Holds(recorder) ?? true;

    private async Task<T> AskAsync<T>(object message, TimeSpan timeout, IActorRef? asked = null)
    {
        try
        {
            var answered = await (asked ?? node.Region).Ask<object>(message, timeout);
            if (answered is RecorderProtocol.Refused away && node.Cluster is not null && FleetMemberActor.Gone.IsMeant(away))
            {
                // The recorder moved while the message waited, so its new node is asked once.
                answered = await node.Region.Ask<object>(message, timeout);
            }

            return answered switch
            {
                T answer => answer,
                RecorderProtocol.Refused refused => throw new ProblemException(Problem.Refused(refused)),
                var other => throw new InvalidOperationException($"The router answered {message.GetType().Name} with {other.GetType().Name}."),
            };
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(Problem.Unavailable(
                $"The node gave no answer in {timeout.TotalSeconds} s; it may still do what was asked. Look at the recorder's state."));
        }
    }
}

using Recorder.Actors;
using Recorder.Actors.Fleet;
using Recorder.Contracts;
using Recorder.Node.Http;
using Recorder.Node.Telemetry;

namespace Recorder.Node.Api;

/// <summary>The node's recorders as endpoints ask for them: the one place where HTTP waits for actors.</summary>
internal sealed class FleetClient(NodeRuntime node)
{
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(5);

    // A recorder that is removed is stopped first, and its files are completed.
    private static readonly TimeSpan Patiently = TimeSpan.FromSeconds(30);

    /// <summary>All definitions, by id.</summary>
    public async Task<IReadOnlyList<RecorderDefinition>> ListAsync() =>
        (await AskAsync<FleetProtocol.Definitions>(new FleetProtocol.List(), Shortly)).Recorders;

    /// <summary>All recorders of this node alone, by id.</summary>
    public async Task<IReadOnlyList<RecorderDefinition>> ListHereAsync() =>
        (await AskAsync<FleetProtocol.Definitions>(new FleetProtocol.List(), Shortly, node.Fleet)).Recorders;

    /// <summary>The node that has a recorder; null when nobody says so.</summary>
    public async Task<string?> NodeOfAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        IsHere(recorder) ? null : (await node.Cluster!.Routes.FindAsync(recorder, cancellationToken))?.Owner ?? "";

    /// <summary>One definition; null when there is no such recorder.</summary>
    public async Task<RecorderDefinition?> FindAsync(RecorderId recorder) =>
        IsHere(recorder)
            ? (await ListHereAsync()).FirstOrDefault(definition => definition.Id == recorder)
            : (await node.Cluster!.Routes.FindAsync(recorder, CancellationToken.None))?.Definition;

    /// <summary>Makes a recorder.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
    public async Task<RecorderDefinition> DefineAsync(RecorderDefinition definition) =>
        (await AskAsync<FleetProtocol.Defined>(new FleetProtocol.Define(definition), Patiently)).Definition;

    /// <summary>Replaces a definition.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
    public async Task<RecorderDefinition> ChangeAsync(RecorderDefinition definition) =>
        (await AskAsync<FleetProtocol.Defined>(new FleetProtocol.Change(definition), Patiently)).Definition;

    /// <summary>Removes a recorder and its definition; its recordings stay.</summary>
    public Task RemoveAsync(RecorderId recorder) => AskAsync<FleetProtocol.Deleted>(new FleetProtocol.Delete(recorder), Patiently);

    /// <summary>Carries out a command; the state reached.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
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

    /// <summary>A recorder as it is now; null when it does not say.</summary>
    public async Task<RecorderProtocol.Status?> StatusAsync(RecorderId recorder)
    {
        try
        {
            return await (IsHere(recorder) ? node.Runtime.Recorders : node.Region)
                .Ask<object>(new RecorderProtocol.GetStatus(recorder), Shortly) as RecorderProtocol.Status;
        }
        catch (AskTimeoutException)
        {
            // It hangs: the others can still be listed, and this one's definition.
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
                // It was given up while this waited for its turn: where it is now, it is asked for once more.
                answered = await node.Region.Ask<object>(message, timeout);
            }

            return answered switch
            {
                T answer => answer,
                RecorderProtocol.Refused refused => throw new ProblemException(Problem.Refused(refused)),
                var other => throw new InvalidOperationException($"The fleet answered {message.GetType().Name} with {other.GetType().Name}."),
            };
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(Problem.Unavailable(
                $"The node gave no answer in {timeout.TotalSeconds} s; it may still do what was asked. Look at the recorder's state."));
        }
    }
}

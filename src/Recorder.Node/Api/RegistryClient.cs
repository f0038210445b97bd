using Recorder.Actors;
using Recorder.Actors.Registry;
using Recorder.Cluster.Nodes;
using Recorder.Node.Telemetry;

namespace Recorder.Node.Api;

/// <summary>Asks the registry and the recorders for endpoints. Refusals and timeouts become problems.</summary>
internal sealed class RegistryClient(NodeRuntime node)
{
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(5);

    // Removing a recorder stops it first, and completes its files.
    private static readonly TimeSpan Patiently = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<RecorderDefinition>> ListAsync() =>
        (await AskAsync<RegistryProtocol.Definitions>(new RegistryProtocol.List(), Shortly)).Recorders;

    public async Task<IReadOnlyList<RecorderDefinition>> ListHereAsync() =>
        (await AskAsync<RegistryProtocol.Definitions>(new RegistryProtocol.List(), Shortly, node.Registry)).Recorders;

    /// <summary>Whether this node holds a recorder; always on a node on its own.</summary>
    public bool IsHere(RecorderId recorder) => node.Joined?.View.Holds(recorder) ?? true;

    /// <summary>The other node that holds a recorder; null for none, and for this node.</summary>
    public ClusterMember? FindHolder(RecorderId recorder) => IsHere(recorder) ? null : node.Joined!.Routes.Find(recorder)?.Holder;

    /// <summary>The node that owns a recorder: null if it is this one, empty if it is unknown.</summary>
    public string? FindNode(RecorderId recorder) => IsHere(recorder) ? null : node.Joined!.Routes.Find(recorder)?.Holder?.Name ?? "";

    public async Task<RecorderDefinition?> FindAsync(RecorderId recorder) =>
        IsHere(recorder)
            ? (await AskAsync<RegistryProtocol.Found>(new RegistryProtocol.Find(recorder), Shortly, node.Registry)).Definition
            : node.Joined!.Routes.Find(recorder)?.Definition;

    /// <summary>Whether a recorder of this node still records as it was defined before another node changed it.</summary>
    public async Task<bool> IsChangePendingAsync(RecorderId recorder) =>
        IsHere(recorder) && (await AskAsync<RegistryProtocol.Found>(new RegistryProtocol.Find(recorder), Shortly, node.Registry)).IsChangePending;

    /// <summary>A cluster's router cannot tell an unknown recorder from one without a node, so it is looked up.</summary>
    public async Task RequireInClusterAsync(RecorderId recorder)
    {
        if (!IsHere(recorder) && await FindAsync(recorder) is null)
            throw NotDefined(recorder);
    }

    public async Task<RecorderDefinition> DefineAsync(RecorderDefinition definition) =>
        (await AskAsync<RegistryProtocol.Defined>(new RegistryProtocol.Define(definition), Patiently)).Definition;

    public async Task<RecorderDefinition> ChangeAsync(RecorderDefinition definition) =>
        (await AskAsync<RegistryProtocol.Defined>(new RegistryProtocol.Change(definition), Patiently)).Definition;

    public Task RemoveAsync(RecorderId recorder) => AskAsync<RegistryProtocol.Deleted>(new RegistryProtocol.Delete(recorder), Patiently);

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
    /// <param name="patience">How long to wait; null for the time that a request may take.</param>
    public async Task<RecorderProtocol.Status?> StatusAsync(RecorderId recorder, TimeSpan? patience = null)
    {
        try
        {
            return await (IsHere(recorder) ? node.Runtime.Recorders : node.Router)
                .Ask<object>(new RecorderProtocol.GetStatus(recorder), patience ?? Shortly) as RecorderProtocol.Status;
        }
        catch (AskTimeoutException)
        {
            // This recorder hangs; the others, and its definition, can still be listed.
            return null;
        }
    }

    public static ProblemException NotDefined(RecorderId recorder) =>
        new(Problem.NotFound($"There is no recorder '{recorder}'; GET /v1/recorders lists all recorders."));

    private async Task<T> AskAsync<T>(object message, TimeSpan timeout, IActorRef? asked = null)
    {
        try
        {
            var answered = await (asked ?? node.Router).Ask<object>(message, timeout);
            if (answered is RegistryProtocol.Moved)
            {
                // The recorder was handed over meanwhile: the router knows its new node.
                answered = await node.Router.Ask<object>(message, timeout);
            }

            return answered switch
            {
                T answer => answer,
                RecorderProtocol.Refused refused => throw new ProblemException(Problem.Refused(refused)),
                RegistryProtocol.NotDefined unknown => throw NotDefined(unknown.Recorder),
                RegistryProtocol.Moved moved => throw new ProblemException(Problem.Unavailable(
                    $"Recorder '{moved.Recorder}' is changing its node; try again.")),
                var other => throw new InvalidOperationException($"The registry answered {message.GetType().Name} with {other.GetType().Name}."),
            };
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(Problem.Unavailable(
                $"The node gave no answer in {timeout.TotalSeconds} s; it may still do what was asked. Look at the recorder's state."));
        }
    }
}

using System.Text.Json.Nodes;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Client;

/// <summary>
/// The recorders of a node or a cluster, over the HTTP API. Any node answers for all recorders: when one does not answer, the
/// next is asked. Safe to use from any thread; one object is enough for a program.
/// </summary>
/// <remarks>
/// Every method that asks a node throws <see cref="RecorderRefusedException"/> when a node refuses the request, and
/// <see cref="RecorderUnavailableException"/> when none answers within <see cref="RecorderClientOptions.Timeout"/>. Methods that
/// change something throw <see cref="OutcomeUnknownException"/> when the request was sent and nobody knows what became of it. A
/// command is repeated at other nodes under one idempotency key, so that it is carried out once.
/// </remarks>
public sealed partial class RecorderHttpClient : IDisposable
{
    private readonly NodePool _nodes;
    private readonly NodeConnections _connections;
    private readonly NodeRequests _requests;
    private readonly TimeProvider _time;
    private readonly TimeSpan _nodeTimeout;

    /// <summary>Makes a client.</summary>
    /// <param name="options">The nodes, and the API key.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range; the message names it.</exception>
    public RecorderHttpClient(RecorderClientOptions options)
        : this(options, TimeProvider.System)
    {
    }

    internal RecorderHttpClient(RecorderClientOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_time, _nodeTimeout) = (time, options.NodeTimeout);
        _nodes = new NodePool([.. options.Nodes]);
        _connections = new NodeConnections(options.ApiKey);
        _requests = new NodeRequests(_nodes, _connections, options, time);
    }

    /// <summary>The nodes that the client knows: those that it was given and those that it learned of.</summary>
    public IReadOnlyList<Uri> Nodes => _nodes.Order();

    /// <summary>Defines a recorder, which is inactive.</summary>
    /// <param name="definition">Its definition; <see cref="RecorderDefinition.Desired"/> is ignored.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the definition.</param>
    public async Task<DefinedRecorder> DefineAsync(RecorderDefinition definition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return RecorderJson.ReadRecorder(Expect(await _requests.SendAsync(
            HttpMethod.Post, "/v1/recorders", RecorderJson.OfDefinition(definition), cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>Changes a recorder's definition. Only what the function changes is sent, so that it undoes no other change.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="change">Makes the new definition from the present one.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the change.</param>
    public async Task<DefinedRecorder> ChangeAsync(
        RecorderId recorder, Func<RecorderDefinition, RecorderDefinition> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var found = Expect(await _requests.SendAsync(HttpMethod.Get, RecorderJson.PathOf(recorder), null, cancellationToken).ConfigureAwait(false));
        var before = RecorderJson.ReadRecorder(found).Definition;
        var patch = RecorderJson.Difference(RecorderJson.OfDefinition(before), RecorderJson.OfDefinition(change(before)));
        return RecorderJson.ReadRecorder(Expect(await _requests.SendAsync(
            HttpMethod.Patch, RecorderJson.PathOf(recorder), patch, cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>Removes a recorder. Its recording is stopped first, and its recordings stay.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the removal.</param>
    /// <returns>False when there is no such recorder.</returns>
    public async Task<bool> DeleteAsync(RecorderId recorder, CancellationToken cancellationToken = default)
    {
        try
        {
            await _requests.SendAsync(HttpMethod.Delete, RecorderJson.PathOf(recorder), null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RecorderRefusedException refused) when (refused.Status == 404)
        {
            return false;
        }
        catch (OutcomeUnknownException unknown) when (unknown.Status == 404)
        {
            // The first attempt removed it.
            return true;
        }
    }

    /// <summary>A recorder; null when there is none of that id.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async Task<DefinedRecorder?> FindAsync(RecorderId recorder, CancellationToken cancellationToken = default)
    {
        try
        {
            return RecorderJson.ReadRecorder(Expect(await _requests.SendAsync(
                HttpMethod.Get, RecorderJson.PathOf(recorder), null, cancellationToken).ConfigureAwait(false)));
        }
        catch (RecorderRefusedException refused) when (refused.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The recorders by id, page by page.</summary>
    /// <param name="label">Only with this label: <c>NAME</c> or <c>NAME:VALUE</c>; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<DefinedRecorder> ListAsync(
        string? label = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = "/v1/recorders?limit=100" + (label is null ? "" : "&label=" + Uri.EscapeDataString(label));
        for (var next = path; next is not null;)
        {
            var page = Expect(await _requests.SendAsync(HttpMethod.Get, next, null, cancellationToken).ConfigureAwait(false));
            foreach (var recorder in page["recorders"]!.AsArray())
                yield return RecorderJson.ReadRecorder(recorder!);

            next = (string?)page["next"] is { } after ? $"{path}&after={Uri.EscapeDataString(after)}" : null;
        }
    }

    /// <summary>Sends a command.</summary>
    /// <param name="command">Every command but <see cref="GetStatus"/>, for which there is <see cref="GetStatusAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public async Task<Accepted> SendAsync(ICommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        var answer = await _requests.SendAsync(
            HttpMethod.Post, RecorderJson.PathOf(command), RecorderJson.BodyOf(command), cancellationToken).ConfigureAwait(false);
        return new Accepted(command.Recorder, RecorderJson.ReadState(answer));
    }

    /// <summary>A recorder's status.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async Task<Status> GetStatusAsync(RecorderId recorder, CancellationToken cancellationToken = default) =>
        RecorderJson.ReadStatus(Expect(await _requests.SendAsync(
            HttpMethod.Get, RecorderJson.PathOf(recorder), null, cancellationToken).ConfigureAwait(false)));

    /// <summary>Starts a recording.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="timeslice">Media time per blob; null takes that of the definition.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public Task<Accepted> StartAsync(RecorderId recorder, TimeSpan? timeslice = null, CancellationToken cancellationToken = default) =>
        SendAsync(new Start(recorder, timeslice), cancellationToken);

    /// <summary>Stops the recording; does nothing when there is none.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public Task<Accepted> StopAsync(RecorderId recorder, CancellationToken cancellationToken = default) => SendAsync(new Stop(recorder), cancellationToken);

    /// <summary>Pauses the recording.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public Task<Accepted> PauseAsync(RecorderId recorder, CancellationToken cancellationToken = default) => SendAsync(new Pause(recorder), cancellationToken);

    /// <summary>Resumes a paused recording.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public Task<Accepted> ResumeAsync(RecorderId recorder, CancellationToken cancellationToken = default) => SendAsync(new Resume(recorder), cancellationToken);

    /// <summary>Ends the current blob and announces it.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public Task<Accepted> RequestDataAsync(RecorderId recorder, CancellationToken cancellationToken = default) =>
        SendAsync(new RequestData(recorder), cancellationToken);

    /// <summary>Gives the current moment of the recording a label.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="label">The label, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the waiting, not the command.</param>
    public Task<Accepted> MarkAsync(RecorderId recorder, string label, CancellationToken cancellationToken = default) =>
        SendAsync(new Mark(recorder, label), cancellationToken);

    /// <summary>
    /// Events as they happen, without end. When the connection breaks, or its node dies, the reading continues at any node: every
    /// event comes once, and those of a recorder in order. While no node answers it waits.
    /// </summary>
    /// <param name="selection">Which events; null for all.</param>
    /// <param name="from">The position of the last item that the reader has; null begins with what comes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<EventStreamItem> ReadEventsAsync(
        EventSelection? selection = null, EventPosition? from = null, CancellationToken cancellationToken = default) =>
        Reader(selection ?? new EventSelection(), null, null).ReadAsync(from, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests.Dispose();
        _connections.Dispose();
    }

    internal EventReader Reader(EventSelection selection, Action<Uri>? onConnected, Action<Uri, string>? onDisconnected) =>
        new(_nodes, _connections, _requests, selection, _time) { OnConnected = onConnected, OnDisconnected = onDisconnected };

    /// <summary>The answer as the contract's message: <see cref="Accepted"/>, or <see cref="Status"/> to <see cref="GetStatus"/>.</summary>
    internal async Task<object> AnswerAsync(ICommand command, CancellationToken cancellationToken) => command is GetStatus
        ? await GetStatusAsync(command.Recorder, cancellationToken).ConfigureAwait(false)
        : await SendAsync(command, cancellationToken).ConfigureAwait(false);

    private static JsonNode Expect(JsonNode? answer) =>
        answer ?? throw new RecorderUnavailableException("The server answered nothing; if it is not a node, check its address.");
}

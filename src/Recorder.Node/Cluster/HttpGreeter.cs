using Recorder.Node.Api;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Wire;

namespace Recorder.Node.Cluster;

/// <summary>Asks other nodes who they are, at <c>POST /v1/nodes/self/greeting</c>, and tells them who it is.</summary>
internal sealed class HttpGreeter(PeerLinks links) : IGreeter
{
    public const string Path = "/v1/nodes/self/greeting";

    /// <summary>What a node answers that is part of no cluster.</summary>
    public const HttpStatusCode OnItsOwn = HttpStatusCode.Conflict;

    /// <summary>What a node of another cluster answers.</summary>
    public const HttpStatusCode OtherKey = HttpStatusCode.Unauthorized;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<GreetingAnswer>> AskAsync(IReadOnlyCollection<Uri> nodes, Greeting own, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        var places = await Task.WhenAll(nodes.Select(node => FindAddressesAsync(node, deadline.Token)));
        var asked = await Task.WhenAll(places.SelectMany(place => place.Addresses).Distinct().Select(address => AskAsync(address, own, deadline.Token)));
        var answerOf = asked.ToDictionary(answer => answer.Asked);
        var answers = new List<GreetingAnswer>();
        foreach (var (node, (addresses, problem)) in nodes.Zip(places))
        {
            if (problem is not null)
                answers.Add(new GreetingAnswer(node, null, problem));

            foreach (var address in addresses)
                answers.Add(answerOf[address] with { Asked = node });
        }

        return answers;
    }

    // A name may stand for several nodes, as that of a headless service does.
    private static async Task<(IReadOnlyList<Uri> Addresses, GreetingProblem? Problem)> FindAddressesAsync(Uri node, CancellationToken cancellationToken)
    {
        if (node.HostNameType != UriHostNameType.Dns)
            return ([node], null);

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(node.Host, cancellationToken);
            return (addresses.Length > 1 && node.Scheme == Uri.UriSchemeHttp ? [.. addresses.Select(address => new UriBuilder(node) { Host = address.ToString() }.Uri)] : [node], null);
        }
        catch (SocketException unknown)
        {
            return ([], new GreetingProblem($"cannot be resolved ({unknown.Message}): correct the name in --join, or the DNS"));
        }
        catch (OperationCanceledException)
        {
            return ([], new GreetingProblem("cannot be resolved, because the DNS does not answer", IsAway: true));
        }
    }

    private async Task<GreetingAnswer> AskAsync(Uri node, Greeting own, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonContent.Create(own, WireJson.Default.Greeting);
            using var response = await links.SendAsync(node, HttpMethod.Post, Path, Security.Access.Unguarded, body, null, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return new GreetingAnswer(node, null, await ProblemOfAsync(response, own.Card, cancellationToken));

            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(stream, WireJson.Default.Greeting, cancellationToken) is { Card: { Node: not null, Cluster: not null, Url: not null }, Known: not null } greeting
                ? new GreetingAnswer(node, greeting)
                : new GreetingAnswer(node, null, NoRecorder(response.StatusCode));
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or JsonException or IOException)
        {
            return new GreetingAnswer(node, null, ProblemOf(away));
        }
    }

    private static async Task<GreetingProblem> ProblemOfAsync(HttpResponseMessage response, NodeCard own, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != Problem.MediaType)
            return NoRecorder(response.StatusCode);

        if (JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), ApiJsonContext.Default.Problem) is not { } problem)
            return NoRecorder(response.StatusCode);

        return response.StatusCode switch
        {
            OnItsOwn => new GreetingProblem($"answers, but is no node of a cluster: start it with --join {own.Url.Authority} (its recordings stay)"),
            OtherKey => new GreetingProblem("answers, but has another cluster key: give both nodes the same --cluster-key, or certificates of one cluster"),
            var status => new GreetingProblem($"refuses this node ({(int)status}: {problem.Detail})"),
        };
    }

    private static GreetingProblem NoRecorder(HttpStatusCode status) => new($"answers with HTTP {(int)status}, but is no recorder: correct --join");

    private static GreetingProblem ProblemOf(Exception away) => away switch
    {
        OperationCanceledException => new GreetingProblem("does not answer within a second", IsAway: true),
        JsonException => NoRecorder(HttpStatusCode.OK),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new GreetingProblem(
            $"answers, but does not serve TLS, or its certificate is not trusted here ({away.GetBaseException().Message})"),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded } => new GreetingProblem(
            $"answers, but not in HTTP ({away.GetBaseException().Message}): does it serve TLS, which this node does not, or is it no recorder?"),
        _ => new GreetingProblem($"does not answer ({away.GetBaseException().Message})", IsAway: true),
    };
}

using Recorder.Node.Api;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Index;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Contracts;
using Recorder.Node.Configuration;
using Recorder.Node.Http;
using Recorder.Node.Media;
using Recorder.Node.Security;
using Yarp.ReverseProxy.Forwarder;

namespace Recorder.Node.Cluster;

/// <summary>
/// Any node answers any request: what concerns a recorder of another node is sent on to it as it came, and its answer handed back as it comes;
/// media too, with its ranges. While a recorder changes its node the request waits.
/// </summary>
internal sealed class ClusterGate(
    RequestDelegate next, NodeRuntime node, ServeOptions options, PeerLinks links, IHttpForwarder forwarder, TimeProvider time)
{
    // Media may take as long as it likes as long as something comes; a command is done soon, or nobody knows.
    private static readonly ForwarderRequestConfig Media = new() { ActivityTimeout = TimeSpan.FromSeconds(60) };
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly ForwarderRequestConfig Command = new() { ActivityTimeout = TimeSpan.FromSeconds(35) };

    public async Task InvokeAsync(HttpContext context)
    {
        if (node.Joined is not { } cluster)
        {
            await next(context);
            return;
        }

        var isFromPeer = context.Features.Get<PeerRequest>() is not null;
        var isFresh = false;
        var began = time.GetTimestamp();
        while (true)
        {
            var owner = await FindOwnerAsync(context, cluster, isFromPeer, isFresh);
            if (owner is null || owner.Name == options.Node)
            {
                await next(context);
                return;
            }

            if (isFromPeer)
            {
                // Two nodes that send it to each other would do so for ever.
                context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
                await ProblemResult.WriteAsync(context, Problem.Unavailable("It has moved just now: ask again.") with { Status = context.Response.StatusCode });
                return;
            }

            // Each node has a copy of a take: while its node is thought to live, it shows what is known.
            if (await (IsReadOfTake(context.Request) ? TrySendOnOrLookAsync(context, owner) : TrySendOnAsync(context, owner)))
                return;

            // Nodes that think differently of who has it agree in a moment.
            if (time.GetElapsedTime(began) > cluster.Routes.Patience)
                throw new CatalogueUnavailableException($"It is moving from node {owner.Name} to another one. Try again in a moment.");

            await Task.Delay(Interval, time, context.RequestAborted);
            isFresh = true;
        }
    }

    private static Task<ClusterMember?> FindOwnerAsync(HttpContext context, ClusterRuntime cluster, bool isFromPeer, bool isFresh)
    {
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["v1", "recorders", _, "events"] => Task.FromResult<ClusterMember?>(null),
            ["v1", "recorders", var named, ..] => OfRecorderAsync(named.Split(':')[0], cluster, isFresh, context.RequestAborted),
            ["v1", "recordings", var key] when !key.Contains(':', StringComparison.Ordinal) => Task.FromResult<ClusterMember?>(null),
            ["v1", "recordings", _, "timeline"] => Task.FromResult<ClusterMember?>(null),
            // Which part of it is asked for, the node that was asked first knows best.
            ["v1", "recordings", _, ..] when isFromPeer => Task.FromResult<ClusterMember?>(null),
            ["v1", "recordings", var key, "extents", var number, ..] => OfPartAsync(key, NumberOf(number), null, context, cluster),
            ["v1", "recordings", var key, "blobs", var number] => OfPartAsync(key, null, NumberOf(number), context, cluster),
            ["v1", "recordings", var key, ..] => OfRecordingAsync(key.Split(':')[0], context, cluster),
            ["v1", "takes", var named, ..] => Task.FromResult(cluster.Takes.FindHolder(new TakeId(named.Split(':')[0]))),
            ["v1", "streams", var name] => OfStreamAsync(name, cluster, isFresh, context.RequestAborted),
            _ => Task.FromResult<ClusterMember?>(null),
        };
    }

    private static async Task<ClusterMember?> OfRecorderAsync(string text, ClusterRuntime cluster, bool isFresh, CancellationToken cancellationToken)
    {
        if (!RecorderId.TryParse(text, out var recorder) || cluster.View.Holds(recorder))
        {
            return null;
        }

        return (await cluster.Routes.WaitAsync(recorder, cancellationToken, isFresh))?.Holder;
    }

    // Of several nodes that have a part the one that has the last one asked for: it knows of what is under way, and takes the others' parts from
    // them. While the index cannot be read, what is here is played.
    private static async Task<ClusterMember?> OfRecordingAsync(string text, HttpContext context, ClusterRuntime cluster)
    {
        if (!RecordingKey.TryParse(text, out var key))
        {
            return null;
        }

        var holders = await HoldersAsync(key, context, cluster);
        var asked = MediaTimes.Read(context.Request);
        var best = holders.Where(holder => MemberOf(holder.Node, cluster) is { IsAlive: true })
            .OrderByDescending(holder => MediaTimes.Overlap(holder, asked) > TimeSpan.Zero)
            .ThenByDescending(holder => holder.To < asked.To ? holder.To : asked.To).ThenByDescending(holder => holder.Node == cluster.Name)
            .FirstOrDefault();
        return best is not null ? MemberOf(best.Node, cluster)
            : holders.Count == 0 ? null
            : throw new CatalogueUnavailableException(
                $"The recording is on node {string.Join(", ", holders.Select(holder => holder.Node))}, which does not answer: it is there when that node is back.");
    }

    private static async Task<IReadOnlyList<Holder>> HoldersAsync(RecordingKey key, HttpContext context, ClusterRuntime cluster)
    {
        try
        {
            return await cluster.Index.HoldersAsync(key, context.RequestAborted);
        }
        catch (CatalogueUnavailableException) when (cluster.HasFolderOf(key))
        {
            return [];
        }
    }

    // One file or blob is where it is.
    private static async Task<ClusterMember?> OfPartAsync(string text, long? extent, long? blob, HttpContext context, ClusterRuntime cluster)
    {
        if (!RecordingKey.TryParse(text, out var key) || (extent ?? blob) is null)
        {
            return null;
        }

        var named = context.Request.Query[PlaybackEndpoints.OnNode.Name].ToString();
        string? holder;
        try
        {
            holder = named.Length > 0 ? named : await cluster.Index.FindHolderAsync(key, extent, blob, context.RequestAborted);
        }
        catch (CatalogueUnavailableException) when (cluster.HasFolderOf(key))
        {
            return null;
        }

        return holder is null ? null
            : MemberOf(holder, cluster) is not { } member ? throw new ProblemException(Problem.NotFound($"There is no node '{holder}'; GET /v1/nodes lists what there is."))
            : member.IsAlive ? member
            : throw new CatalogueUnavailableException($"That part of the recording is on node {holder}, which does not answer: it is there when that node is back.");
    }

    private static long? NumberOf(string text) =>
        long.TryParse(Path.GetFileNameWithoutExtension(text), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ClusterMember? MemberOf(string name, ClusterRuntime cluster) => cluster.View.Find(name);

    private static async Task<ClusterMember?> OfStreamAsync(string name, ClusterRuntime cluster, bool isFresh, CancellationToken cancellationToken)
    {
        var source = "push:" + name;
        return cluster.Routes.All.FirstOrDefault(route => route.Definition.Source == source || route.Definition.Preview == source) is { } found
            ? await OfRecorderAsync(found.Definition.Id.Value, cluster, isFresh, cancellationToken)
            : null;
    }

    private static bool IsReadOfTake(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["v1", "takes", _];

    private async Task<bool> TrySendOnOrLookAsync(HttpContext context, ClusterMember owner)
    {
        try
        {
            return await TrySendOnAsync(context, owner);
        }
        catch (CatalogueUnavailableException)
        {
            await next(context);
            return true;
        }
    }

    /// <returns>False when that node has it no more: then it may be tried again.</returns>
    private async Task<bool> TrySendOnAsync(HttpContext context, ClusterMember owner)
    {
        links.Forwarded();
        // What is short can be sent again, and its seal names it. Media is sent on as it comes.
        var isStream = IsStream(context.Request);
        string? body = null;
        if (isStream)
            PushEndpoints.LiftLimits(context);
        else
            body = await ReadBodyAsync(context.Request);

        var transformer = new SentOn(context.GetAccess(), body);
        var error = await forwarder.SendAsync(
            context, owner.Url.ToString().TrimEnd('/'), links.Invoker, isStream || HttpMethods.IsGet(context.Request.Method) ? Media : Command, transformer);
        if (transformer.IsMisdirected)
        {
            context.Response.Clear();
            return false;
        }

        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Clear();
            throw new CatalogueUnavailableException($"Node {owner.Name}, which has it, does not answer. Try again in a moment.");
        }

        return true;
    }

    // A WebSocket over HTTP/2 is the body of a CONNECT.
    private static bool IsStream(HttpRequest request) =>
        HttpMethods.IsConnect(request.Method) || (HttpMethods.IsPut(request.Method) && request.Path.StartsWithSegments("/v1/streams"));

    private async Task<string> ReadBodyAsync(HttpRequest request) => await SealedBody.HoldAsync(request, options.BodyLimit) is { } body
        ? SealedBody.Of(body.Span)
        : throw new ProblemException(Problem.OfStatus(StatusCodes.Status413PayloadTooLarge, request));

    // Says who asks for what; and keeps back that the other node is the wrong one.
    private sealed class SentOn(Access access, string? body) : HttpTransformer
    {
        public bool IsMisdirected { get; private set; }

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Remove("Authorization");
            proxyRequest.Headers.Remove("Cookie");
            proxyRequest.Options.Set(SealingHandler.Asking, access);
            if (body is not null)
                proxyRequest.Options.Set(SealedBody.Known, body);
        }

        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            IsMisdirected = body is not null && proxyResponse?.StatusCode == System.Net.HttpStatusCode.MisdirectedRequest;
            return IsMisdirected ? ValueTask.FromResult(false) : base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }
    }
}

using Microsoft.AspNetCore.Http;
using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Contracts;
using Recorder.Node.Api;
using Recorder.Node.Security;
using Recorder.Node.Serve;
using Yarp.ReverseProxy.Forwarder;

namespace Recorder.Node.Cluster;

/// <summary>
/// Any node answers any request: what concerns a recorder of another node is sent on to it as it came, and its answer handed back as it comes;
/// media too, with its ranges. While a recorder changes its node the request waits.
/// </summary>
internal sealed class ClusterGate(
    RequestDelegate next, NodeRuntime node, ServeOptions options, PeerSeal seal, PeerLinks links, IHttpForwarder forwarder, TimeProvider time)
{
    // Media may take as long as it likes as long as something comes; a command is done soon, or nobody knows.
    private static readonly ForwarderRequestConfig Media = new() { ActivityTimeout = TimeSpan.FromSeconds(60) };
    private static readonly ForwarderRequestConfig Command = new() { ActivityTimeout = TimeSpan.FromSeconds(35) };

    public async Task InvokeAsync(HttpContext context)
    {
        if (node.Cluster is not { } cluster)
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
            if (owner is null || owner.Identity.Id == options.Node)
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

            if (await TrySendOnAsync(context, owner) || time.GetElapsedTime(began) > cluster.Routes.Patience)
            {
                return;
            }

            isFresh = true;
        }
    }

    private static Task<Member?> FindOwnerAsync(HttpContext context, ClusterRuntime cluster, bool isFromPeer, bool isFresh)
    {
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["v1", "recorders", _, "events"] => Task.FromResult<Member?>(null),
            ["v1", "recorders", var named, ..] => OfRecorderAsync(named.Split(':')[0], cluster, isFresh, context.RequestAborted),
            ["v1", "recordings", var key] when !key.Contains(':', StringComparison.Ordinal) => Task.FromResult<Member?>(null),
            ["v1", "recordings", _, "timeline"] => Task.FromResult<Member?>(null),
            // Which part of it is asked for, the node that was asked first knows best.
            ["v1", "recordings", _, ..] when isFromPeer => Task.FromResult<Member?>(null),
            ["v1", "recordings", var key, ..] => OfRecordingAsync(key.Split(':')[0], context, cluster),
            ["v1", "streams", var name] => OfStreamAsync(name, cluster, isFresh, context.RequestAborted),
            _ => Task.FromResult<Member?>(null),
        };
    }

    private static async Task<Member?> OfRecorderAsync(string text, ClusterRuntime cluster, bool isFresh, CancellationToken ending)
    {
        if (!RecorderId.TryParse(text, out var recorder) || cluster.Node.Tenures.Holds(recorder))
        {
            return null;
        }

        return (await cluster.Routes.WaitAsync(recorder, ending, isFresh))?.Owner;
    }

    // The node that has what is asked for; of several the one that has most of it.
    private static async Task<Member?> OfRecordingAsync(string text, HttpContext context, ClusterRuntime cluster)
    {
        if (!RecordingKey.TryParse(text, out var key))
        {
            return null;
        }

        var holders = await cluster.Index.HoldersAsync(key, context.RequestAborted);
        var asked = MediaTimes.Read(context.Request);
        var best = holders.OrderByDescending(holder => MediaTimes.Overlap(holder, asked)).ThenByDescending(holder => holder.To).FirstOrDefault();
        if (best is null)
        {
            return null;
        }

        context.Response.Headers["Recorder-Part"] = $"{best.Node}; of={holders.Count}";
        return cluster.Node.View?.Members.FirstOrDefault(member => member.Identity.Id == best.Node) is { IsAlive: true } member
            ? member
            : throw new CatalogueUnavailableException($"That part of the recording is on node {best.Node}, which does not answer: it is there when that node is back.");
    }

    private static async Task<Member?> OfStreamAsync(string name, ClusterRuntime cluster, bool isFresh, CancellationToken ending)
    {
        var source = "push:" + name;
        var all = await cluster.Routes.ListAsync(ending);
        return all.FirstOrDefault(it => it.Definition.Source == source) is { } found
            ? await OfRecorderAsync(found.Definition.Id.Value, cluster, isFresh, ending)
            : null;
    }

    /// <returns>False when that node has it no more: then it may be tried again.</returns>
    private async Task<bool> TrySendOnAsync(HttpContext context, Member owner)
    {
        links.Forwarded();
        // What is short can be sent again.
        var isShort = context.Request.ContentLength <= options.BodyLimit;
        if (isShort)
        {
            context.Request.EnableBuffering();
            context.Request.Body.Position = 0;
        }

        var hasBody = context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0;
        var transformer = new Sealed(seal.Seal(context.Request.Method, context.Request.Path, context.GetAccess()), canRetry: isShort || !hasBody);
        var error = await forwarder.SendAsync(context, owner.Identity.Url.ToString().TrimEnd('/'), links.Invoker, hasBody && !isShort || HttpMethods.IsGet(context.Request.Method) ? Media : Command, transformer);
        if (transformer.IsMisdirected)
        {
            context.Response.Clear();
            return false;
        }

        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Clear();
            throw new CatalogueUnavailableException($"Node {owner.Identity.Id}, which has it, does not answer. Try again in a moment.");
        }

        return true;
    }

    // Says who asks; and keeps back that the other node is the wrong one.
    private sealed class Sealed(string access, bool canRetry) : HttpTransformer
    {
        public bool IsMisdirected { get; private set; }

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Remove("Authorization");
            proxyRequest.Headers.Remove(PeerSeal.Header);
            proxyRequest.Headers.TryAddWithoutValidation(PeerSeal.Header, access);
        }

        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            IsMisdirected = canRetry && proxyResponse?.StatusCode == System.Net.HttpStatusCode.MisdirectedRequest;
            return IsMisdirected ? ValueTask.FromResult(false) : base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }
    }
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Security;

/// <summary>The rights that each endpoint requires, in one table.</summary>
public sealed class AccessPolicySpecs
{
    private const string Table = """
        / GET, HEAD: anonymous
        /app/{**path} GET, HEAD: anonymous
        /health/live GET: anonymous
        /health/ready GET: anonymous
        /metrics GET: Viewer of Node
        /openapi/{documentName}.json GET: anonymous
        /v1/clock GET: Viewer of Node
        /v1/clock:trust POST: Admin of Node
        /v1/events GET: Viewer of Listing
        /v1/nodes GET: Admin of Node
        /v1/nodes/events GET: Admin of Node
        /v1/nodes/self/commands POST: Admin of Node
        /v1/nodes/self/greeting POST: anonymous
        /v1/nodes/self/journal GET: Admin of Node
        /v1/nodes/self/recordings/{key} GET: Admin of Node
        /v1/nodes/self/snapshot GET: Admin of Node
        /v1/nodes/self/takes GET: Admin of Node
        /v1/nodes/self/takes/{take} GET: Admin of Node
        /v1/nodes/self/takes/{take} PUT: Admin of Node
        /v1/nodes/self/takes:reserve POST: Admin of Node
        /v1/nodes/{id} DELETE: Admin of Node
        /v1/nodes/{id}:drain POST: Admin of Node
        /v1/nodes/{id}:resume POST: Admin of Node
        /v1/recorders GET: Viewer of Listing
        /v1/recorders POST: Admin of Node
        /v1/recorders/{id} DELETE: Admin of Recorder
        /v1/recorders/{id} GET: Viewer of Recorder
        /v1/recorders/{id} PATCH: Admin of Recorder
        /v1/recorders/{id}/events GET: Viewer of Recorder
        /v1/recorders/{id}/live GET: Viewer of Recorder
        /v1/recorders/{id}:mark POST: Operator of Recorder
        /v1/recorders/{id}:pause POST: Operator of Recorder
        /v1/recorders/{id}:requestData POST: Operator of Recorder
        /v1/recorders/{id}:resume POST: Operator of Recorder
        /v1/recorders/{id}:split POST: Operator of Recorder
        /v1/recorders/{id}:start POST: Operator of Recorder
        /v1/recorders/{id}:stop POST: Operator of Recorder
        /v1/recordings GET: Viewer of Listing
        /v1/recordings/{key} GET: Viewer of Recorder
        /v1/recordings/{key} PATCH: Admin of Recorder
        /v1/recordings/{key}/blobs/{seq} GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/export.mkv GET: Viewer of Recorder
        /v1/recordings/{key}/export.mp4 GET: Viewer of Recorder
        /v1/recordings/{key}/export.webm GET: Viewer of Recorder
        /v1/recordings/{key}/extents/{number:int}/fragments GET: Viewer of Recorder
        /v1/recordings/{key}/extents/{number} GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/extents/{number}/header.mp4 GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/extents/{number}/segment.mp4 GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/index.m3u8 GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/media.mp4 GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/snapshot.jpg GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/thumbnail.jpg GET, HEAD: Viewer of Recorder
        /v1/recordings/{key}/timeline GET: Viewer of Recorder
        /v1/recordings/{key}:export POST: Viewer of Recorder
        /v1/session DELETE: anonymous
        /v1/session GET: anonymous
        /v1/session POST: anonymous
        /v1/sources:probe POST: Admin of Node
        /v1/streams/{name} GET: Operator of Node
        /v1/streams/{name} PUT: Operator of Node
        /v1/takes GET: Viewer of Listing
        /v1/takes POST: Operator of Listing
        /v1/takes/{take} GET: Viewer of Listing
        /v1/takes/{take} PATCH: Operator of Listing
        /v1/takes/{take}/exports/{export} DELETE: Viewer of Listing
        /v1/takes/{take}/exports/{export} GET: Viewer of Listing
        /v1/takes/{take}/exports/{export}/files/{file} GET, HEAD: Viewer of Listing
        /v1/takes/{take}/sound GET: Viewer of Listing
        /v1/takes/{take}/timeline GET: Viewer of Listing
        /v1/takes/{take}:export POST: Viewer of Listing
        /v1/takes/{take}:mark POST: Operator of Listing
        /v1/takes/{take}:pause POST: Operator of Listing
        /v1/takes/{take}:requestData POST: Operator of Listing
        /v1/takes/{take}:resume POST: Operator of Listing
        /v1/takes/{take}:split POST: Operator of Listing
        /v1/takes/{take}:start POST: Operator of Listing
        /v1/takes/{take}:stop POST: Operator of Listing
        /v1/timeline GET: Viewer of Listing
        /v1/wall GET: Viewer of Listing
        /v1/wall/live GET: Viewer of Listing
        /v1/webhooks GET: Admin of Node
        /v1/webhooks POST: Admin of Node
        /v1/webhooks/{id} DELETE: Admin of Node
        /v1/webhooks/{id} GET: Admin of Node
        /v1/webhooks/{id} PATCH: Admin of Node
        /vendor/{**path} GET, HEAD: anonymous
        """;

    [Fact]
    public async Task Each_endpoint_requires_what_the_guide_says()
    {
        await using var node = await ServedNode.StartAsync();
        var endpoints = node.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

        string.Join('\n', endpoints.Select(Line).Order(StringComparer.Ordinal)).ShouldBe(Table);
    }

    private static string Line(RouteEndpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        var policy = metadata.GetMetadata<AuthorizationPolicy>() ?? AccessPolicy.Fallback;
        var required = metadata.GetMetadata<IAllowAnonymous>() is not null ? "anonymous" : policy.Requirements.Single().ToString();
        var methods = string.Join(", ", metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods);
        return $"/{endpoint.RoutePattern.RawText!.Trim('/')} {methods}: {required}";
    }
}

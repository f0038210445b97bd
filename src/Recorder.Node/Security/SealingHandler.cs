using System.Collections.Concurrent;

namespace Recorder.Node.Security;

/// <summary>
/// Seals each request of this node to another one as it is sent. Clocks of nodes may be hours apart: a node that finds a seal out of its time says what its
/// clock shows, and the request is sealed for that and sent again.
/// </summary>
internal sealed class SealingHandler(PeerSeal seal, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>For whom a request asks.</summary>
    public static readonly HttpRequestOptionsKey<Access> Asking = new("recorder.access");

    private readonly ConcurrentDictionary<string, TimeSpan> _aheadByNode = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = SealedBody.Of(request);
        Seal(request, body);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!LearnTime(request, response) || !IsRepeatable(request))
            return response;

        response.Dispose();
        Seal(request, body);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = SealedBody.Of(request);
        Seal(request, body);
        var response = base.Send(request, cancellationToken);
        if (!LearnTime(request, response) || !IsRepeatable(request))
            return response;

        response.Dispose();
        Seal(request, body);
        return base.Send(request, cancellationToken);
    }

    private void Seal(HttpRequestMessage request, string body)
    {
        var access = request.Options.TryGetValue(Asking, out var asking) ? asking
            : throw new InvalidOperationException($"{request.Method} {request.RequestUri} does not say for whom it asks.");
        var ahead = _aheadByNode.GetValueOrDefault(request.RequestUri!.Authority);
        request.Headers.Remove(PeerSeal.Header);
        request.Headers.TryAddWithoutValidation(PeerSeal.Header, seal.Seal(request.Method.Method, request.RequestUri.PathAndQuery, access, body, ahead));
    }

    private bool LearnTime(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(PeerSeal.TimeHeader, out var values) || seal.FindAhead(values.First()) is not { } ahead)
            return false;

        _aheadByNode[request.RequestUri!.Authority] = ahead;
        return true;
    }

    // A body that is passed on as it comes is gone.
    private static bool IsRepeatable(HttpRequestMessage request) => request.Content is null || SealedBody.IsHeld(request.Content);
}

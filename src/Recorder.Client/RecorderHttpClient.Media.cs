using System.Net;
using System.Text.Json;
using Recorder.Contracts;

namespace Recorder.Client;

/// <content>Recorded media. It is read from any node; the nodes fetch it from the one that has it.</content>
public sealed partial class RecorderHttpClient
{
    private const int MostRedirects = 3;

    /// <summary>
    /// Opens an interval of a recording as one MP4 that begins at 0; the caller disposes of the stream. Reading from it throws an
    /// <see cref="IOException"/> when the connection breaks.
    /// </summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="recording">The recording.</param>
    /// <param name="from">Where to begin on the recording's timeline, at the key frame at or before it; null for its begin.</param>
    /// <param name="to">Where to end; null for the end, which is now while the recording runs.</param>
    /// <param name="cancellationToken">Cancels the waiting for the first bytes.</param>
    public Task<Stream> OpenMediaAsync(
        RecorderId recorder, RecordingId recording, TimeSpan? from = null, TimeSpan? to = null, CancellationToken cancellationToken = default)
    {
        var query = string.Join('&', new[] { ("from", from), ("to", to) }.Where(bound => bound.Item2 is not null)
            .Select(bound => $"{bound.Item1}={RecorderJson.Seconds(bound.Item2!.Value)}"));
        return OpenAsync($"v1/recordings/{recorder}~{recording}/media.mp4{(query.Length > 0 ? "?" + query : "")}", null, cancellationToken);
    }

    /// <summary>Opens the bytes of a blob; the caller disposes of the stream.</summary>
    /// <param name="recorder">The recorder that recorded the blob, as its event says.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="cancellationToken">Cancels the waiting for the first bytes.</param>
    /// <exception cref="RecorderRefusedException">The blob is gone: retention removed it.</exception>
    public async Task<Stream> OpenBlobAsync(RecorderId recorder, Blob blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (blob.Length == 0)
            return new MemoryStream([], writable: false);

        var path = $"v1/recordings/{recorder}~{blob.Recording}/blobs/{blob.Number}";
        // A partition leaves blobs of one number on two nodes; the checksum, which is the tag, tells which one is meant.
        var tag = $"\"{blob.Crc32C:x8}\"";
        RecorderClientException? refused = null;
        foreach (var place in _nodes.Names.Select(node => $"{path}?node={Uri.EscapeDataString(node)}").Prepend(path))
        {
            try
            {
                return await OpenAsync(place, tag, cancellationToken).ConfigureAwait(false);
            }
            catch (RecorderClientException failed)
            {
                refused ??= failed;
            }
        }

        throw refused!;
    }

    private async Task<Stream> OpenAsync(string path, string? tag, CancellationToken cancellationToken)
    {
        NodeProblem? problem = null;
        Exception? failure = null;
        foreach (var node in _nodes.Order())
        {
            try
            {
                var response = await OpenAtAsync(node, path, cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode && (tag is null || response.Headers.ETag?.Tag == tag))
                    return new ResponseStream(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

                using (response)
                {
                    problem = response.IsSuccessStatusCode
                        ? new NodeProblem(
                            HttpStatusCode.NotFound, new MediaError(ErrorName.InvalidStateError, "The bytes that the node has are not those of this blob."),
                            RecorderState.Unknown, null)
                        : await NodeProblem.ReadAsync(node, response, cancellationToken).ConfigureAwait(false);
                }

                if (problem is { IsPassing: false, IsAboutTheKey: false })
                    throw problem.ToException();
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException
                || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                _requests.Failed(node);
                failure = broken;
            }
        }

        throw problem is { IsPassing: false } ? problem.ToException()
            : new RecorderUnavailableException($"No node could answer /{path}: {problem?.Error.Message ?? failure?.Message}", problem?.RetryAfter, failure);
    }

    private async Task<HttpResponseMessage> OpenAtAsync(Uri node, string path, CancellationToken cancellationToken)
    {
        // Only the headers must come in time.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_nodeTimeout);
        var address = new Uri(node, path);
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            var response = await _connections.OpenAsync(request, timeout.Token).ConfigureAwait(false);
            // A running recording redirects to an address that fixes its end. The API key goes to no other server.
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location || redirects == MostRedirects
                || new Uri(address, location) is var next && next.Authority != address.Authority)
            {
                return response;
            }

            response.Dispose();
            address = new Uri(address, location);
        }
    }
}

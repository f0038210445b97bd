using Recorder.Actors;
using Recorder.Actors.Catalogue;

namespace Recorder.Node.Api;

/// <summary>Answers exceptions, and refusals without a body, as problems.</summary>
internal sealed partial class ApiErrors(RequestDelegate next, ServeOptions options, ILogger<ApiErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                await ProblemResult.WriteAsync(context, Problem.OfStatus(context.Response.StatusCode, context.Request));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone.
        }
#pragma warning disable CA1031 // One request failed; the node continues.
        catch (Exception failed) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            var retryAfter = context.Response.Headers.RetryAfter;
            context.Response.Clear();
            context.Response.Headers.RetryAfter = retryAfter;
            await ProblemResult.WriteAsync(context, Translate(context, failed));
        }
    }

    private Problem Translate(HttpContext context, Exception failed)
    {
        switch (failed)
        {
            case ProblemException { Problem: var problem }:
                return problem;
            case BadHttpRequestException bad:
                return Problem.OfStatus(bad.StatusCode, context.Request);
            case CatalogueUnavailableException away:
                context.Response.Headers.RetryAfter = "1";
                return Problem.Unavailable(
                    options.IsClustered ? away.Message : "The catalogue does not answer; recording continues. Try again in a moment.");
            case PeerAwayException away:
                context.Response.Headers.RetryAfter = "1";
                return Problem.Unavailable(away.Message);
            case ObjectDisposedException:
                return Problem.Unavailable("The node is shutting down; try again when it is back.");
            case FFmpegException unreadable:
                return Problem.Unavailable($"Cannot read this part of the recording: {unreadable.Message} 'recorder verify' shows the damage.");
            case UnknownError unknown:
                return Problem.Unavailable(unknown.Message);
            default:
                LogFailed(context.Request.Method, context.Request.Path, failed);
                return Problem.Unexpected("An unexpected error occurred; see the node's log.");
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception failed);
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Client.Tests;

/// <summary>A server that answers each request as a spec says, one after another; the last answer is repeated.</summary>
public sealed class FakeNode : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(int Status, string Type, string Body)> _answers = new();
    private readonly Task _serving;

    public FakeNode(params (int Status, string Type, string Body)[] answers)
    {
        Port = FreePort.Take();
        foreach (var answer in answers)
            _answers.Enqueue(answer);

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The requests so far: method and path, <c>Last-Event-ID</c> and <c>Idempotency-Key</c>.</summary>
    public ConcurrentQueue<(string Request, string? LastEventId, string? Key)> Requests { get; } = new();

    public static (int Status, string Type, string Body) Events(string body) => (200, "text/event-stream", body);

    public static (int Status, string Type, string Body) Problem(int status, string name, string detail) =>
        (status, "application/problem+json", $$"""{"name":"{{name}}","status":{{status}},"title":"t","detail":"{{detail}}"}""");

    public static string Pause(string recorder, long sequence, string? id = null) =>
        (id is null ? "" : $"id: {id}\n")
        + $$"""event: pause{{"\n"}}data: {"event":"pause","recorder":"{{recorder}}","sequence":{{sequence}},"at":"2026-01-01T00:00:00Z"}{{"\n\n"}}""";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            var context = await _listener.GetContextAsync();
            var request = context.Request;
            Requests.Enqueue(($"{request.HttpMethod} {request.RawUrl}", request.Headers["Last-Event-ID"], request.Headers["Idempotency-Key"]));
            var (status, type, body) = _answers.Count > 1 && _answers.TryDequeue(out var next) ? next : _answers.First();
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }
}

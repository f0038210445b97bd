using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A node as a user runs it, <c>recorder serve</c>, and its API.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>The collection of specs that need the machine: nodes with many recorders, cameras that encode while they send.</summary>
    public const string OneAtATime = "nodes";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task _error;

    private NodeProcess(string program, string data, string arguments, string[] through)
    {
        string[] listen = arguments.Contains("--listen", StringComparison.Ordinal) ? [] : ["--listen", "127.0.0.1:0"];
        string[] line = [.. through, program, "serve", "--data", data, .. listen, .. Command.Split(arguments)];
        var info = Launch.Of(line);
        (info.RedirectStandardOutput, info.RedirectStandardError) = (true, true);
        foreach (var ours in info.Environment.Keys.Where(name => name.StartsWith("RECORDER_", StringComparison.Ordinal)).ToList())
        {
            // What steers the specs is no configuration of a node.
            info.Environment.Remove(ours);
        }

        _process = Process.Start(info) ?? throw new InvalidOperationException("the node did not start");
        _output = ReadAsync(_process.StandardOutput, line =>
        {
            if (line.LastIndexOf(" on http", StringComparison.Ordinal) is > 0 and var at)
                _address.TrySetResult(new Uri(line[(at + 4)..]));
        });
        _error = ReadAsync(_process.StandardError, _ => { });
    }

    /// <summary>Asks the node; a whole-second answer is a failure of its own.</summary>
    public HttpClient Http { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>Its exit code; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Everything it said.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>Starts a node on a data folder; it answers when the task ends.</summary>
    /// <param name="data">The folder.</param>
    /// <param name="arguments">More of its command line.</param>
    /// <param name="through">What starts it: a command that runs another, in a network of its own for example.</param>
    public static Task<NodeProcess> StartAsync(string data, string arguments = "", params string[] through) =>
        StartProgramAsync(RecorderProcess.Program, data, arguments, through);

    /// <summary>The same with another program, of another version for example.</summary>
    public static async Task<NodeProcess> StartProgramAsync(string program, string data, string arguments, string[] through)
    {
        var node = new NodeProcess(program, data, arguments, through);
        var first = await Task.WhenAny(node._address.Task, node._process.WaitForExitAsync(), Task.Delay(RecorderProcess.Patience));
        if (first != node._address.Task)
        {
            var said = node.Said;
            await node.DisposeAsync();
            throw new InvalidOperationException($"The node did not begin to serve:\n{said}");
        }

        node.Http = new HttpClient { BaseAddress = await node._address.Task, Timeout = RecorderProcess.Patience };
        return node;
    }

    public void Signal(int signal) => NativeMethods.Send(_process.Id, signal).ShouldBe(0);

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        Signal(RecorderProcess.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, or another signal that ends it; returns the exit code.</summary>
    public async Task<int> EndAsync(int signal = RecorderProcess.Terminate)
    {
        Signal(signal);
        using var limit = new CancellationTokenSource(RecorderProcess.Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        try
        {
            using var answer = await Http.GetAsync(path);
            return await JsonOf(answer, $"GET {path}");
        }
        catch (HttpRequestException broken)
        {
            var state = _process.HasExited ? $"the node ended with {_process.ExitCode}" : "the node runs";
            throw new HttpRequestException($"GET {path}: {broken.Message} ({state})\n{Said}", broken);
        }
    }

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var answer = body is null ? await Http.PostAsync(path, null) : await Http.PostAsJsonAsync(path, body);
        return await JsonOf(answer, $"POST {path}");
    }

    /// <summary>Asks again until the answer is as it should be.</summary>
    public async Task<JsonElement> GetUntilAsync(string path, Func<JsonElement, bool> holds, TimeSpan? patience = null)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            var answer = await GetAsync(path);
            if (holds(answer))
                return answer;

            deadline.Elapsed.ShouldBeLessThan(patience ?? RecorderProcess.Patience, $"{path} stayed at {answer}\n{Said}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await Task.WhenAll(_output, _error);
        Http?.Dispose();
        _process.Dispose();
    }

    private async Task<JsonElement> JsonOf(HttpResponseMessage answer, string asked)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{asked}: {(int)answer.StatusCode} {text}\n{Said}");
        using var document = JsonDocument.Parse(text.Length > 0 ? text : "null");
        return document.RootElement.Clone();
    }

    private async Task ReadAsync(StreamReader from, Action<string> each)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            _said.Enqueue(line);
            each(line);
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Send(int process, int signal);
    }
}

/// <summary>An event of a node's stream: its number in the journal and what it says.</summary>
public sealed record StreamedEvent(long Number, RecorderEvent Event);

/// <summary>A reader of server-sent events that goes on where it was, from one life of a node to the next.</summary>
public sealed class EventReader(string folder)
{
    private readonly List<StreamedEvent> _events = [];
    private long _last;
    private Task _reading = Task.CompletedTask;

    /// <summary>What came so far.</summary>
    public IReadOnlyList<StreamedEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Reads until the connection breaks. The reader before must have ended.</summary>
    public async Task ConnectAsync(NodeProcess node)
    {
        await _reading;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events?after=" + _last);
        request.Headers.Add("Last-Event-ID", _last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var answer = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        _reading = ReadAsync(answer);
    }

    /// <summary>Waits for what is to come.</summary>
    public async Task UntilAsync(string what, Func<IReadOnlyList<StreamedEvent>, bool> holds)
    {
        using var limit = new CancellationTokenSource(RecorderProcess.Patience);
        while (!holds(Events))
        {
            limit.IsCancellationRequested.ShouldBeFalse(
                $"Waited in vain until {what}; the last events:\n{string.Join('\n', Events.TakeLast(40).Select(e => e.Event.Line))}");
            await Task.Delay(20);
        }
    }

    /// <summary>Ends when the connection has.</summary>
    public Task DisconnectedAsync() => _reading;

    private async Task ReadAsync(HttpResponseMessage answer)
    {
        try
        {
            using (answer)
            using (var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8))
            {
                var (id, data) = ("", "");
                while (await reader.ReadLineAsync() is { } line)
                {
                    if (line.StartsWith("id:", StringComparison.Ordinal))
                    {
                        id = line[3..].Trim();
                    }
                    else if (line.StartsWith("data:", StringComparison.Ordinal))
                    {
                        data += line[5..].Trim();
                    }
                    else if (line.Length == 0 && data.Length > 0)
                    {
                        Take(long.Parse(id, null), data);
                        data = "";
                    }
                }
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException)
        {
            // The node was killed: what came whole was taken.
        }
    }

    private void Take(long number, string data)
    {
        lock (_events)
        {
            _events.Add(new StreamedEvent(number, new RecorderEvent(data, folder)));
            _last = number;
        }
    }
}

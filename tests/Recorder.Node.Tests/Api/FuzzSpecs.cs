using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Recorder.Node.Tests.Serve;
using Xunit.Abstractions;

namespace Recorder.Node.Tests.Api;

/// <summary>
/// Requests that nobody should send. <c>RECORDER_FUZZ</c> is how many (3,000), <c>RECORDER_FUZZ_SEED</c> which.
/// </summary>
public sealed class FuzzSpecs(ITestOutputHelper log)
{
    private const int Senders = 8;

    // A node waits 30 s for who reads what is pushed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Whatever_is_sent_a_node_answers_without_failing_goes_on_recording_and_touches_nothing_but_its_folder()
    {
        var count = Number("RECORDER_FUZZ", 3000);
        var seed = Number("RECORDER_FUZZ_SEED", Random.Shared.Next());
        log.WriteLine($"RECORDER_FUZZ_SEED={seed}");
        await using var node = await ServedNode.StartAsync();
        var home = Path.GetDirectoryName(node.DataFolder)!;
        Directory.CreateDirectory(Path.Combine(home, "outside", "deeper"));
        File.WriteAllText(Path.Combine(home, "outside", "secret.mp4"), "nobody reads or writes this");
        File.WriteAllText(Path.Combine(home, "recorder.json"), "{}");
        var before = Outside(home);
        await node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"keep","source":"test:?size=64x64&rate=5&audio=off","timeslice":500}""");
        await node.SendAsync(HttpMethod.Post, "/v1/recorders/keep:start");

        var answers = new ConcurrentDictionary<int, int>();
        var failures = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var requests = new FuzzRequests(new Random(seed + sender));
            for (var sent = sender; sent < count; sent += Senders)
            {
                var (request, isWhole) = requests.Next();
                var (status, head) = await SendAsync(node, request, isWhole);
                answers.AddOrUpdate(status, 1, (_, n) => n + 1);
                var isLimit = status is 503 or 507 && head.Contains("Retry-After", StringComparison.OrdinalIgnoreCase);
                if (status >= 500 && status != 505 && !isLimit)
                    failures.Add($"{status}: {Shown(request)}\n{head}");
            }
        })));

        log.WriteLine(string.Join(", ", answers.OrderBy(it => it.Key).Select(it => $"{it.Key}: {it.Value}")));
        failures.Take(5).ShouldBeEmpty($"{failures.Count} of {count} requests");
        Outside(home).ShouldBe(before);
        var (alive, _) = await node.SendAsync(HttpMethod.Get, "/health/live");
        ((int)alive).ShouldBe(200);
        var (_, kept) = await node.SendAsync(HttpMethod.Get, "/v1/recorders/keep");
        kept!["state"]!.GetValue<string>().ShouldBe("recording");
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    // Everything beside the node's folder, with its content.
    private static List<string> Outside(string home) =>
    [
        .. Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(Path.Combine(home, "data"), StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(path => File.Exists(path) ? $"{path}: {File.ReadAllText(path)} {File.GetLastWriteTimeUtc(path):O}" : path),
    ];

    // The answer's status, 0 when the node closed the connection without one.
    private static async Task<(int Status, string Head)> SendAsync(ServedNode node, byte[] request, bool isWhole)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(node.Client.BaseAddress!.Host, node.Client.BaseAddress.Port);
        var stream = client.GetStream();
        var head = new byte[2048];
        try
        {
            await stream.WriteAsync(request);
            if (!isWhole)
                client.Client.Shutdown(SocketShutdown.Send);

            var read = await stream.ReadAtLeastAsync(head, 12, throwOnEndOfStream: false).AsTask().WaitAsync(Patience);
            var text = Encoding.Latin1.GetString(head, 0, read);
            return (text.Length > 12 && int.TryParse(text.AsSpan(9, 3), out var status) ? status : 0, text);
        }
        catch (IOException)
        {
            return (0, "");
        }
        catch (TimeoutException)
        {
            return (599, "no answer");
        }
    }

    private static string Shown(byte[] request) => Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 600));
}

using Recorder.Cluster.Trust;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Doctor;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Cluster.Certificates;

namespace Recorder.Node.Cli.Nodes;

/// <summary><c>recorder cluster doctor</c>: whether a cluster is well, asked of one node and then of every node that it knows.</summary>
internal sealed class ClusterCommand(CommandOutput console)
{
    public const string Description = "Check a cluster, and make its certificates.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly NodeOptions _node = new();

    public Command Create()
    {
        var doctor = new Command("doctor", "Check a cluster: its nodes, and recorders that no node has.");
        _node.AddTo(doctor).SetAction(RunAsync);
        return new Command("cluster", Description) { doctor, new CertificateCommand(console, TimeProvider.System).Create() };
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        using var client = new NodeClient(_node.Read(line));
        var list = await client.SendAsync(HttpMethod.Get, "v1/nodes", null, cancellationToken);
        var nodes = list.FirstArray().ToList();
        var recorders = (await client.SendAsync(HttpMethod.Get, "v1/recorders", null, cancellationToken)).FirstArray().ToList();
        List<DoctorFinding> findings = [.. await Task.WhenAll(nodes.Select(node => CheckAsync(node, cancellationToken))), CheckRecorders(recorders), .. nodes.SelectMany(CheckCertificate), .. CheckJoined(list, nodes)];
        Write(findings, _node.IsJson(line));
        return findings.Exists(finding => finding.Level == FindingLevel.Wrong) ? ExitCode.Failed : ExitCode.Done;
    }

    private static DoctorFinding CheckRecorders(List<JsonElement> recorders)
    {
        var unheld = recorders.Where(recorder => string.IsNullOrEmpty(recorder.Text("node"))).Select(recorder => recorder.Text("id")).ToList();
        return unheld.Count == 0
            ? new DoctorFinding("recorders", FindingLevel.Good, $"each of {recorders.Count} has a node.")
            : new DoctorFinding(
                "recorders", FindingLevel.Wrong,
                $"no node has {string.Join(", ", unheld.Take(10))}{(unheld.Count > 10 ? ", …" : "")}: is there a node with their labels on.NAME?");
    }

    // A node that is known and down has a line of its own.
    private static IEnumerable<DoctorFinding> CheckJoined(JsonElement list, List<JsonElement> nodes) =>
        list.Member("notJoined") is { ValueKind: JsonValueKind.Array } missing
            ? missing.EnumerateArray().Where(one => nodes.TrueForAll(node => new Uri(node.Text("url")!).Authority != one.Text("address")))
                .Select(one => new DoctorFinding($"join {one.Text("address")}", FindingLevel.Warning, $"{one.Text("reason")}."))
            : [];

    private static IEnumerable<DoctorFinding> CheckCertificate(JsonElement node)
    {
        if (node.Text("certificateUntil") is not { } text || node.Text("state") == "left")
            yield break;

        var (name, until) = (node.Text("id"), DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
        var left = until - TimeProvider.System.GetUtcNow();
        if (left < TrustFolder.WarnBefore)
        {
            yield return new DoctorFinding(
                $"certificate {name}", left < TimeSpan.Zero ? FindingLevel.Wrong : FindingLevel.Warning,
                $"{(left < TimeSpan.Zero ? "expired" : "expires")} on {until.UtcDateTime:yyyy-MM-dd}: 'recorder cluster cert node {name} --force' renews it.");
        }
    }

    private static async Task<DoctorFinding> CheckAsync(JsonElement node, CancellationToken cancellationToken)
    {
        var (name, state, url) = (node.Text("id")!, node.Text("state"), node.Text("url")!);
        var check = $"node {name}";
        if (state == "left")
            return new DoctorFinding(check, FindingLevel.Good, "left; 'recorder node rm' forgets it.");

        if (state == "dead")
            return new DoctorFinding(check, FindingLevel.Wrong, $"does not answer: it was at {url}. Start it, or 'recorder node rm {name}'.");

        using var http = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(new Uri(new Uri(url), "/health/ready"), cancellationToken);
            return answer.IsSuccessStatusCode
                ? new DoctorFinding(check, FindingLevel.Good, $"has {node.GetProperty("recorders")} recorders.")
                : new DoctorFinding(check, FindingLevel.Warning, $"is not well: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new DoctorFinding(
                check, FindingLevel.Wrong, $"lives, but {url} does not answer from here ({failed.Message}): is its --advertise right?");
        }
    }

    private void Write(List<DoctorFinding> findings, bool json)
    {
        if (json)
        {
            findings.ForEach(finding => console.Line(new JsonObject
            {
                ["check"] = finding.Check,
                ["level"] = finding.Level.ToString().ToLowerInvariant(),
                ["detail"] = finding.Detail,
            }.ToJsonString()));
            return;
        }

        var table = new TextTable("CHECK", "RESULT", "DETAIL");
        findings.ForEach(finding => table.Add(finding.Check, DoctorCommand.ResultOf(finding.Level), finding.Detail));
        table.Write(console);
    }
}

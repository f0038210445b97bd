using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Actors.Secrets;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Doctor;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cluster;

/// <summary><c>recorder cluster doctor</c>: whether a cluster is well, asked of its database and of every node.</summary>
internal sealed class ClusterCommand(CommandOutput console)
{
    private const int OldestServer = 14;

    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Option<string> _cluster = new("--cluster")
    {
        HelpName = "CONNECTION",
        Description = "PostgreSQL of the cluster (RECORDER_CLUSTER), as Host=…;Database=…;Username=….",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON a finding.", Arity = ArgumentArity.Zero };

    /// <summary>The command with its own.</summary>
    public Command Create()
    {
        var doctor = new Command("doctor", "Check a cluster: its database, its nodes, their clocks, and recorders that nobody has.") { _cluster, _json };
        doctor.SetAction(RunAsync);
        return new Command("cluster", "Look at a cluster.") { doctor };
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken ending)
    {
        var connection = line.GetValue(_cluster) ?? Environment.GetEnvironmentVariable("RECORDER_CLUSTER");
        if (string.IsNullOrEmpty(connection))
        {
            throw new UsageException("Missing required option '--cluster CONNECTION'; expected 'Host=…;Database=…;Username=…'.");
        }

        PostgresDatabase database;
        try
        {
            PostgresDatabase.Check(connection);
            database = new PostgresDatabase(connection);
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--cluster is not a connection string: {wrong.Message}");
        }

        await using (database)
        {
            var findings = await FindAsync(database, ending);
            Write(findings, line.GetValue(_json));
            return findings.Exists(finding => finding.Level == FindingLevel.Wrong) ? ExitCode.Failed : ExitCode.Done;
        }
    }

    private static async Task<List<DoctorFinding>> FindAsync(PostgresDatabase database, CancellationToken ending)
    {
        var findings = new List<DoctorFinding>();
        try
        {
            await using var connection = await database.OpenAsync(ending);
            var asked = Stopwatch.StartNew();
            var now = await connection.QuerySingleAsync<DateTime>("SELECT clock_timestamp()");
            var (took, apart) = (asked.Elapsed, (now.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime).Duration());
            var version = connection.PostgreSqlVersion;
            findings.Add(new DoctorFinding(
                "database", version.Major < OldestServer ? FindingLevel.Wrong : took > SlowAnswer ? FindingLevel.Warning : FindingLevel.Good,
                string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {version} answers in {took.TotalMilliseconds:0.0} ms; from {OldestServer} on is needed.")));
            findings.Add(new DoctorFinding(
                "clock", apart > ClockStep ? FindingLevel.Warning : FindingLevel.Good,
                string.Create(CultureInfo.InvariantCulture, $"this machine's is {apart.TotalMilliseconds:0} ms from the database's: keep all in step, with NTP.")));
            var schema = await connection.QuerySingleAsync<string?>("SELECT to_regclass('recorder.nodes')::text");
            if (schema is null)
            {
                findings.Add(new DoctorFinding("schema", FindingLevel.Warning, "there is none yet: the first node makes it."));
                return findings;
            }

            var nodes = await new PostgresClusterStore(database, TimeSpan.FromSeconds(2), NoCipher.Instance).MembersAsync(ending);
            foreach (var node in nodes)
            {
                findings.Add(await FindAsync(node, ending));
            }

            if (!nodes.Any(node => node.Weight > 0))
            {
                findings.Add(new DoctorFinding("nodes", FindingLevel.Wrong, "none takes recorders: start one with --cluster."));
            }

            var unowned = (await connection.QueryAsync<string>(
                "SELECT r.id FROM recorders r LEFT JOIN nodes n ON n.id = r.owner AND n.epoch = r.owner_epoch AND n.state <> 3 AND n.lease_until > now() WHERE n.id IS NULL ORDER BY r.id"))
                .ToList();
            findings.Add(new DoctorFinding(
                "recorders", unowned.Count > 0 ? FindingLevel.Wrong : FindingLevel.Good,
                unowned.Count == 0 ? "each has a node." : $"nobody has {string.Join(", ", unowned.Take(10))}{(unowned.Count > 10 ? ", …" : "")}: is there a node with their labels on.NAME?"));
        }
        catch (Exception failed) when (failed is CatalogueUnavailableException || database.IsUnavailable(failed))
        {
            findings.Add(new DoctorFinding("database", FindingLevel.Wrong, $"{database.Name} does not answer: {failed.Message}"));
        }

        return findings;
    }

    private static async Task<DoctorFinding> FindAsync(Member node, CancellationToken ending)
    {
        var check = $"node {node.Identity.Id}";
        if (node.State == MemberState.Left)
        {
            return new DoctorFinding(check, FindingLevel.Good, "left; 'recorder node rm' forgets it.");
        }

        if (!node.IsAlive)
        {
            return new DoctorFinding(check, FindingLevel.Wrong, $"dead: it was at {node.Identity.Url}. Start it, or 'recorder node rm {node.Identity.Id}'.");
        }

        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(node.Identity.Url, "/health/ready"), ending);
            return answer.IsSuccessStatusCode
                ? new DoctorFinding(check, FindingLevel.Good, $"has {node.Owned} recorders.")
                : new DoctorFinding(check, FindingLevel.Warning, $"is not well: {await answer.Content.ReadAsStringAsync(ending)}");
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException && !ending.IsCancellationRequested)
        {
            return new DoctorFinding(
                check, FindingLevel.Wrong, $"lives, but {node.Identity.Url} does not answer from here ({failed.Message}): is its --advertise right?");
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

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>A real PostgreSQL of a spec's own, which can be stopped and started again.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // The server refuses to run as root.
    private const string User = "65534";

    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    private readonly TestFolder _folder;
    private readonly string _host;
    private readonly string[] _through;

    private PostgresServer(TestFolder folder, string host, string[] through)
    {
        (_folder, _host, _through) = (folder, host, through);
        Port = FreePort.Take();
    }

    public int Port { get; }

    /// <summary>As nodes name it.</summary>
    public string Connection => $"Host={_host};Port={Port.ToString(CultureInfo.InvariantCulture)};Database=postgres;Username=recorder";

    /// <summary>Starts one.</summary>
    /// <param name="host">The address that it listens on.</param>
    /// <param name="through">What starts it: a command that runs another in a network of its own.</param>
    public static async Task<PostgresServer> StartAsync(string host = "127.0.0.1", params string[] through)
    {
        var folder = new TestFolder();
        await RunAsync("cp", "-a", await Template.Value, folder.File("data"));
        await RunAsync("chmod", "711", folder.Root);
        await RunAsync("chmod", "700", folder.File("data"));
        await File.AppendAllTextAsync(folder.File("data/pg_hba.conf"), "host all all 0.0.0.0/0 trust\n");
        var server = new PostgresServer(folder, host, through);
        await server.StartAgainAsync();
        return server;
    }

    public Task StartAgainAsync() => RunAsync(
        [.. _through, .. As(), Program("pg_ctl"), "-D", _folder.File("data"), "-w", "-t", "30", "-l", _folder.File("data/log"), "-o",
            $"-p {Port.ToString(CultureInfo.InvariantCulture)} -c listen_addresses={_host} -c unix_socket_directories='' -c max_connections=300 -c fsync=off", "start"]);

    public Task StopAsync(string mode = "immediate") =>
        RunAsync([.. _through, .. As(), Program("pg_ctl"), "-D", _folder.File("data"), "-w", "-m", mode, "stop"]);

    /// <summary>Asks the database.</summary>
    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Connection + ";Search Path=recorder;Pooling=false");
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // It is stopped already.
        }

        _folder.Dispose();
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var root = Directory.CreateTempSubdirectory("recorder-pg-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        await RunAsync("chmod", "711", root);
        var data = Path.Combine(root, "data");
        Directory.CreateDirectory(data);
        if (Environment.UserName == "root")
            await RunAsync("chown", $"{User}:{User}", data);

        await RunAsync([.. As(), Program("initdb"), "-D", data, "-A", "trust", "-U", "recorder", "--no-sync"]);
        return data;
    }

    private static string[] As() =>
        Environment.UserName == "root" ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups"] : [];

    // Debian keeps the servers of all versions beside each other, and off the PATH.
    private static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Max() ?? name
            : name;

    private static async Task RunAsync(params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        // A server that was started keeps what it inherited open: only the command itself is waited for.
        var error = line.Contains("start") ? Task.FromResult("") : process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', line)}: {await error}");
    }
}

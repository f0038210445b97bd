using System.Net;
using System.Net.Sockets;
using System.Text;
using Recorder.Contracts;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Takes;
using Recorder.Node.Media;

namespace Recorder.Node.Tests.Cli;

/// <summary>What a server that is no honest node can do to the folder of an export: nothing.</summary>
public sealed class TakeDownloadSpecs : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("recorder-download-").FullName;
    private readonly string _folder;
    private readonly ExportLedger _ledger;

    public TakeDownloadSpecs()
    {
        _folder = Directory.CreateDirectory(Path.Combine(_root, "edit")).FullName;
        _ledger = ExportLedger.Open(_folder, new TakeId("20261201T000000Z-1"));
    }

    public void Dispose()
    {
        _ledger.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../a.mov")]
    [InlineData("/tmp/a.mov")]
    [InlineData("a\\b.mov")]
    [InlineData("C:a.mov")]
    [InlineData(".bashrc")]
    [InlineData("a\u001b[2J.mov")]
    [InlineData("a\n.mov")]
    public async Task What_is_not_the_name_of_a_file_is_not_fetched(string? name)
    {
        using var client = new NodeClient(new NodeAddress(new Uri("http://127.0.0.1:1/"), null));

        var problem = await new TakeDownload(client, new Terminal().Console, _folder, force: true, _ledger).FetchAsync("v1/e", name, 1, "00", default);

        problem!.ShouldContain("is not the name of a file");
        Directory.EnumerateFileSystemEntries(_root).ShouldBe([_folder]);
    }

    [Fact]
    public async Task More_than_was_announced_is_not_written()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener);
        using var client = new NodeClient(new NodeAddress(new Uri($"http://{listener.LocalEndpoint}/"), null));

        var refused = await Should.ThrowAsync<NodeException>(
            new TakeDownload(client, new Terminal().Console, _folder, force: false, _ledger).FetchAsync("v1/e", "a.mov", 10, "00", default));

        refused.Message.ShouldContain("more of 'a.mov' than the 10 bytes");
        new FileInfo(Path.Combine(_folder, "a.mov.part")).Length.ShouldBeLessThanOrEqualTo(10);
        File.Exists(Path.Combine(_folder, "a.mov")).ShouldBeFalse();
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(connection.GetStream());
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + new string('x', 1000)));
    }
}

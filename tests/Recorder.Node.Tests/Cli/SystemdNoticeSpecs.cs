using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting.Systemd;
using Recorder.Node.Cli.Serving;

namespace Recorder.Node.Tests.Cli;

[Collection(nameof(ProcessOutput))]
public sealed class SystemdNoticeSpecs : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);

    [Fact]
    public void Systemd_is_told_that_the_node_is_ready()
    {
        using var folder = new Folder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        Environment.SetEnvironmentVariable(Variable, folder["notify"]);

        ServeRun.Notify(ServiceState.Ready);

        var buffer = new byte[100];
        Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)).ShouldBe("READY=1");
    }

    [Fact]
    public void Without_systemd_nobody_is_told()
    {
        ServeRun.Notify(ServiceState.Ready);
        Environment.SetEnvironmentVariable(Variable, "/nowhere/at/all");
        ServeRun.Notify(ServiceState.Ready);
    }
}

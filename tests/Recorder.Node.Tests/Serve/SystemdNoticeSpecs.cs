using System.Net.Sockets;
using System.Text;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Serve;

public sealed class SystemdNoticeSpecs
{
    [Fact]
    public void Systemd_is_told_that_the_node_is_ready()
    {
        using var folder = new Folder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        SystemdNotice.Send("READY=1", folder["notify"]);
        var buffer = new byte[100];
        Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)).ShouldBe("READY=1");
    }

    [Fact]
    public void Without_systemd_nobody_is_told()
    {
        SystemdNotice.Send("READY=1", null);
        SystemdNotice.Send("READY=1", "/nowhere/at/all");
    }
}

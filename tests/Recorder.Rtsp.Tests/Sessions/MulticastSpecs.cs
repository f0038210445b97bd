using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class MulticastSpecs
{
    private static readonly IPAddress Group = IPAddress.Parse("239.255.71.3");

    [MulticastFact]
    public void Datagrams_of_a_group_are_received()
    {
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        sender.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
        // A port that is free is one for the group as well.
        var port = ((IPEndPoint)sender.LocalEndPoint!).Port & ~1;
        using var camera = new ScriptedCamera();
        camera.Script.On("SETUP", request =>
            request.Ok("Session: 1", $"Transport: RTP/AVP;multicast;destination={Group};port={port}-{port + 1};ttl=1"));
        var (log, time) = (new MediaLog(), new SpecTime());
        using var session = Opening.Open(camera, log, RtspTransport.Multicast, time: time);
        camera.Await("SETUP")["Transport"].ShouldBe("RTP/AVP;multicast");
        for (var i = 1; i <= 10; i++)
            sender.SendTo(MediaLog.Sample(i), new IPEndPoint(Group, port));

        session.ReadUntil(() => log.Frames.Count == 10).ShouldBeTrue();
        session.UsesDatagrams.ShouldBeTrue();
        sender.SendTo(MediaLog.Goodbye(), new IPEndPoint(Group, port + 1));
        session.ReadToEnd(time);
        session.HasEnded.ShouldBeTrue();
    }
}

/// <summary>Skips a spec where groups cannot be joined on loopback.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MulticastFactAttribute : FactAttribute
{
    public MulticastFactAttribute()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SetSocketOption(
                SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(IPAddress.Parse("239.255.71.3"), IPAddress.Loopback));
        }
        catch (SocketException error)
        {
            Skip = $"This machine cannot join a multicast group on loopback: {error.Message}.";
        }
    }
}

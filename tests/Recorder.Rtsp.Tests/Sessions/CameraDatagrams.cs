using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>The UDP ports of a scripted camera, the same two for all tracks.</summary>
internal sealed class CameraDatagrams : IDisposable
{
    private readonly List<int[]> _clients = [];

    public CameraDatagrams()
    {
        Media.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Reports.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Media.ReceiveTimeout = Reports.ReceiveTimeout = (int)Opening.Patience.TotalMilliseconds;
    }

    public Socket Media { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public Socket Reports { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Whether SETUP is answered without the ports of the server.</summary>
    public bool HidesPorts { get; set; }

    /// <summary>The address that SETUP says datagrams come from; null for none.</summary>
    public string? Source { get; set; }

    public static int[] ClientPorts(CameraRequest request) =>
        [.. request["Transport"]!.Split("client_port=")[1].Split('-').Select(it => int.Parse(it, CultureInfo.InvariantCulture))];

    public byte[] SetUp(CameraRequest request)
    {
        _clients.Add(ClientPorts(request));
        var ports = HidesPorts ? "" : string.Create(CultureInfo.InvariantCulture, $";server_port={Port(Media)}-{Port(Reports)}");
        var source = Source is null ? "" : $";source={Source}";
        return request.Ok("Session: 1", $"Transport: {request["Transport"]}{source}{ports}");
    }

    public IPEndPoint To(int track, bool reports = false) => new(IPAddress.Loopback, _clients[track][reports ? 1 : 0]);

    public void Send(int track, byte[] packet) => Media.SendTo(packet, To(track));

    public void Report(int track, byte[] packet) => Reports.SendTo(packet, To(track, reports: true));

    public void Dispose()
    {
        Media.Dispose();
        Reports.Dispose();
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}

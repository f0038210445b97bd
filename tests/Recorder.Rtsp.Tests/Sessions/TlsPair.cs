using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A TLS connection over loopback, with a certificate of its own.</summary>
internal sealed class TlsPair : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly Socket _accepted;

    public TlsPair()
    {
        _certificate = Certificate();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        _accepted = listener.AcceptSocket();
        Server = new SslStream(new NetworkStream(_accepted, ownsSocket: true));
#pragma warning disable CA5359 // The certificate is the spec's own.
        var secured = new SslStream(new NetworkStream(client, ownsSocket: true), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        Task.WhenAll(Server.AuthenticateAsServerAsync(_certificate), secured.AuthenticateAsClientAsync("camera")).GetAwaiter().GetResult();
        Wire = new StreamWire(secured, IPAddress.Loopback.MapToIPv6(), IPAddress.Loopback);
    }

    public SslStream Server { get; }

    public StreamWire Wire { get; }

    /// <summary>The connection breaks without a goodbye.</summary>
    public void Reset() => _accepted.Close(0);

    /// <summary>Bytes come that are no TLS.</summary>
    public void SendRaw(byte[] bytes) => _accepted.Send(bytes);

    public void Dispose()
    {
        Wire.Dispose();
        Server.Dispose();
        _certificate.Dispose();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=camera", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}

using System.Net;
using Recorder.Rtsp.Authentication;
using Recorder.Rtsp.Messages;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Sdp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Opens a stream on a connection: OPTIONS, DESCRIBE, SETUP of each track, PLAY. Blocks up to its deadline.</summary>
internal sealed class RtspHandshake(
    RtspConnection connection, RtspOptions options, RtspUrl url, TimeSpan until, byte[] buffer, CancellationToken cancellation)
{
    private const int MostTracks = 16;

    private string _base = url.Request;
    private PublicMethods _methods = PublicMethods.Parse([]);
    private TimeSpan _timeout = SessionHeader.UsualTimeout;
    private bool _isTcp = options.Transport is RtspTransport.Automatic or RtspTransport.Tcp;

    /// <summary>Opens the stream; the session owns the connection then. Throws <see cref="RtspException"/>.</summary>
    public static RtspSession Open(
        IRtspWire wire, RtspOptions options, IMediaReceiver receiver, TimeProvider time, byte[] buffer, CancellationToken cancellation)
    {
        var url = RtspUrl.Parse(options.Url);
        var connection = new RtspConnection(wire, new Authenticator(Credentials.Of(url), Authenticator.RandomWord), time);
        try
        {
            return new RtspHandshake(connection, options, url, time.GetElapsedTime(0) + options.Deadline, buffer, cancellation).Run(receiver, time);
        }
        catch
        {
            Abandon(connection, url);
            throw;
        }
    }

    // A server would send datagrams of tracks that are set up until its timeout, also when the connection is closed.
    private static void Abandon(RtspConnection connection, RtspUrl url)
    {
        try
        {
            if (connection.Session is not null)
                connection.Post("TEARDOWN", url.Request, []);
        }
        catch (RtspException)
        {
            // The connection is over already.
        }
        finally
        {
            connection.Dispose();
        }
    }

    private RtspSession Run(IMediaReceiver receiver, TimeProvider time)
    {
        AskForMethods();
        var description = Describe();
        var setups = SetUpAll(description);
        var session = new RtspSession(connection, time, new RtspKeepAlive(connection, _methods, _base, _timeout));
        try
        {
            foreach (var setup in setups)
                session.Add(setup);

            // Packets may arrive before the answer, so the tracks exist before the request.
            var play = Aggregate(description);
            connection.Receiver = session;
            session.CreateTracks(receiver);
            var answer = Ask("PLAY", play, [new RtspHeader("Range", "npt=0.000-")]);
            session.Begin(RtpInfo.Parse(answer.Headers["RTP-Info"]), description, play);
            return session;
        }
        catch
        {
            session.CloseSockets();
            throw;
        }
    }

    private RtspResponse Ask(string method, string target, IReadOnlyList<RtspHeader> headers)
    {
        var answer = connection.Request(method, target, headers, buffer, until, cancellation);
        RtspRefusals.ThrowIfRefused(answer, method);
        return answer;
    }

    // Servers that do not know OPTIONS can do without it.
    private void AskForMethods()
    {
        var answer = connection.Request("OPTIONS", url.Request, [], buffer, until, cancellation);
        // A password that is refused is not sent a second time: a camera may lock the user out.
        if (answer.Status is 301 or 302 or 303 or 307 || (answer.Status == 401 && connection.HasIdentified))
            RtspRefusals.ThrowIfRefused(answer, "OPTIONS");

        if (answer.Status == 200)
            _methods = PublicMethods.Of(answer);
    }

    private SessionDescription Describe()
    {
        var answer = Ask("DESCRIBE", url.Request, [new RtspHeader("Accept", "application/sdp")]);
        var description = SessionDescription.Parse(answer.Body.Span);
        _base = RtspUrl.Base(answer.Headers, url.Request, description.Control);
        return description;
    }

    private string Aggregate(SessionDescription description) => RtspUrl.Join(_base, description.Control);

    private List<TrackSetup> SetUpAll(SessionDescription description)
    {
        var setups = new List<TrackSetup>();
        try
        {
            var refusal = default(RtspException);
            foreach (var (media, format) in Receivable(description).Take(MostTracks))
                refusal = Add(setups, description, media, format) ?? refusal;

            return setups.Count > 0 ? setups : throw refusal ?? new RtspException(RtspFault.NoTrack, "it offers no track that can be received");
        }
        catch
        {
            foreach (var setup in setups)
                setup.Datagrams?.Dispose();

            throw;
        }
    }

    // Returns why a track is left out: a camera without sound may offer it nevertheless.
    private RtspException? Add(List<TrackSetup> setups, SessionDescription description, MediaDescription media, PayloadFormat format)
    {
        while (true)
        {
            try
            {
                setups.Add(SetUp(description, media, format, setups));
                return null;
            }
            catch (RtspException error) when (error.Fault == RtspFault.UnsupportedTransport && options.Transport == RtspTransport.Automatic && _isTcp && setups.Count == 0)
            {
                _isTcp = false;
            }
            catch (RtspException error) when (error.Fault is RtspFault.Refused or RtspFault.NotFound or RtspFault.UnsupportedTransport && error.Status != 453)
            {
                return error;
            }
        }
    }

    private IEnumerable<(MediaDescription Media, PayloadFormat Format)> Receivable(SessionDescription description)
    {
        foreach (var media in description.Media)
        {
            if (media.IsBackChannel || media.Direction == MediaDirection.Inactive || (media.Kind == TrackKind.Data && !options.TakesData))
                continue;

            foreach (var format in media.Formats)
            {
                if (PayloadFormats.Find(format.Encoding, format.PayloadType, format.ClockRate, format.Channels, format.Parameters.GetValueOrDefault, media.Kind) is { } known)
                {
                    var rate = media.FrameRate > 0 ? media.FrameRate : known.Format.FrameRate;
                    yield return (media, known with { Format = known.Format with { FrameRate = rate } });
                    break;
                }
            }
        }
    }

    private TrackSetup SetUp(SessionDescription description, MediaDescription media, PayloadFormat format, List<TrackSetup> others)
    {
        var asked = (byte)(2 * others.Count);
        var control = RtspUrl.Join(_base, media.Control);
        var pair = _isTcp || options.Transport == RtspTransport.Multicast
            ? null
            : DatagramPair.Open(connection.Wire.LocalAddress, connection.Wire.RemoteAddress);
        try
        {
            var wanted = _isTcp ? TransportHeader.OverTcp(asked)
                : pair is null ? TransportHeader.OverMulticast()
                : TransportHeader.OverUdp(pair.Port);
            var answer = Ask("SETUP", control, [new RtspHeader("Transport", wanted.ToString())]);
            var given = TransportHeader.Parse(answer.Headers["Transport"] ?? "");
            if (SessionHeader.Parse(answer.Headers["Session"]) is { } session)
                (connection.Session, _timeout) = (session.Id, session.Timeout);

            ThrowIfOther(given);
            var types = media.Formats.Select(known => known.PayloadType).ToList();
            if (_isTcp)
            {
                // A server that states the same channels for each track has not said which ones it means.
                var channels = given.Interleaved is { } stated && others.TrueForAll(other => other.Channel != stated.Rtp) ? stated : new PortPair(asked, asked + 1);
                connection.Reader.UseChannel((byte)channels.Rtp);
                connection.Reader.UseChannel((byte)channels.Rtcp);
                return new TrackSetup(format, types, control, given.Ssrc) { Channel = (byte)channels.Rtp, ReportChannel = (byte)channels.Rtcp };
            }

            if (pair is null)
                return new TrackSetup(format, types, control, given.Ssrc) { Datagrams = Join(description, media, given) };

            if (given.ServerPort is { } ports)
                pair.Open(ports);

            return new TrackSetup(format, types, control, given.Ssrc) { Datagrams = pair };
        }
        catch
        {
            pair?.Dispose();
            throw;
        }
    }

    // Some servers answer with the transport that they know, whatever was asked for.
    private void ThrowIfOther(TransportHeader given)
    {
        var isOther = _isTcp ? given is { IsTcp: false, Interleaved: null } && (given.ServerPort ?? given.ClientPort) is not null : given.IsTcp;
        if (isOther)
            throw new RtspException(RtspFault.UnsupportedTransport, "it answers SETUP with a transport that was not asked for");
    }

    private DatagramPair Join(SessionDescription description, MediaDescription media, TransportHeader given)
    {
        var group = given.Destination ?? media.Connection?.Address ?? description.Connection?.Address ?? "";
        var port = given.Port?.Rtp ?? media.Port;
        // Any other address would let a server make this machine join or listen anywhere.
        if (!IPAddress.TryParse(group, out var address) || !IsMulticast(address) || port is < 1024 or > 65534)
            throw new RtspException(RtspFault.UnsupportedTransport, "it names no multicast group");

        return DatagramPair.Join(address, port, connection.Wire.LocalAddress, connection.Wire.RemoteAddress);
    }

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || (address.GetAddressBytes() is { Length: 4 } bytes && bytes[0] is >= 224 and <= 239);
}

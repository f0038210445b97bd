using System.Net;
using Recorder.Rtsp.Messages;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Sdp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Agrees with a server on the tracks that it sends and how: SETUP of each.</summary>
/// <param name="ask">Sends a request and returns its answer; throws if it is refused.</param>
internal sealed class TrackNegotiation(
    RtspConnection connection, RtspOptions options, RtspUrl url, SessionDescription description, string baseUrl,
    Func<string, string, IReadOnlyList<RtspHeader>, RtspResponse> ask)
{
    private const int MostTracks = 16;

    // Whoever asks for an encrypted connection must not get the media in clear beside it, whatever transport is named.
    private bool _isTcp = url.IsTls || options.Transport is RtspTransport.Automatic or RtspTransport.Tcp;

    /// <summary>That of the session.</summary>
    public TimeSpan Timeout { get; private set; } = SessionHeader.UsualTimeout;

    private bool MayUseUdp => options.Transport == RtspTransport.Automatic && _isTcp && !url.IsTls;

    /// <summary>Throws <see cref="RtspException"/> if there is no track.</summary>
    public List<TrackSetup> SetUpAll()
    {
        var setups = new List<TrackSetup>();
        try
        {
            var refusal = default(RtspException);
            foreach (var (media, format) in Receivable().Take(MostTracks))
                refusal = Add(setups, media, format) ?? refusal;

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
    private RtspException? Add(List<TrackSetup> setups, MediaDescription media, PayloadFormat format)
    {
        while (true)
        {
            try
            {
                setups.Add(SetUp(media, format, setups));
                return null;
            }
            catch (RtspException error) when (error.Fault == RtspFault.UnsupportedTransport && MayUseUdp && setups.Count == 0)
            {
                _isTcp = false;
            }
            catch (RtspException error) when (error is { Fault: RtspFault.Refused or RtspFault.NotFound or RtspFault.UnsupportedTransport, Status: not 453 })
            {
                return error;
            }
        }
    }

    private IEnumerable<(MediaDescription Media, PayloadFormat Format)> Receivable()
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

    private TrackSetup SetUp(MediaDescription media, PayloadFormat format, List<TrackSetup> others)
    {
        var asked = (byte)(2 * others.Count);
        var control = RtspUrl.Join(baseUrl, media.Control);
        var pair = _isTcp || options.Transport == RtspTransport.Multicast
            ? null
            : DatagramPair.Open(connection.Wire.LocalAddress, connection.Wire.RemoteAddress);
        try
        {
            var wanted = _isTcp ? TransportHeader.OverTcp(asked)
                : pair is null ? TransportHeader.OverMulticast()
                : TransportHeader.OverUdp(pair.Port);
            var answer = ask("SETUP", control, [new RtspHeader("Transport", wanted.ToString())]);
            var given = TransportHeader.Parse(answer.Headers["Transport"] ?? "");
            if (SessionHeader.Parse(answer.Headers["Session"]) is { } session)
                (connection.Session, Timeout) = (session.Id, session.Timeout);

            ThrowIfOther(given);
            var types = media.Formats.Select(known => known.PayloadType).ToList();
            if (_isTcp)
            {
                // A server that states the same channels for each track has not said which ones it means.
                var channels = given.Interleaved is { } stated && others.TrueForAll(other => other.Channel != stated.Rtp) ? stated : new PortPair(asked, asked + 1);
                connection.Reader.UseChannel((byte)channels.Rtp);
                connection.Reader.UseChannel((byte)channels.Rtcp);
                return new TrackSetup(format, types, control) { Channel = (byte)channels.Rtp, ReportChannel = (byte)channels.Rtcp };
            }

            if (pair is null)
                return new TrackSetup(format, types, control) { Datagrams = Join(media, given) };

            pair.TakeFrom(given.Source);
            if (given.ServerPort is { } ports)
                pair.Open(ports);

            return new TrackSetup(format, types, control) { Datagrams = pair };
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

    private DatagramPair Join(MediaDescription media, TransportHeader given)
    {
        var group = given.Destination ?? media.Connection?.Address ?? description.Connection?.Address ?? "";
        var port = given.Port?.Rtp ?? media.Port;
        // Any other address would let a server make this machine join or listen anywhere.
        if (!IPAddress.TryParse(group, out var address) || !ConnectionAddress.IsGroup(address) || port is < 1024 or > 65534)
            throw new RtspException(RtspFault.UnsupportedTransport, "it names no multicast group");

        var pair = DatagramPair.Join(address, port, connection.Wire.LocalAddress, connection.Wire.RemoteAddress);
        pair.TakeFrom(given.Source);
        return pair;
    }
}

using Recorder.Rtsp.Authentication;
using Recorder.Rtsp.Messages;
using Recorder.Rtsp.Sdp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Opens a stream on a connection: OPTIONS, DESCRIBE, SETUP of each track, PLAY. Blocks up to its deadline.</summary>
internal sealed class RtspHandshake(
    RtspConnection connection, RtspOptions options, RtspUrl url, TimeSpan until, byte[] buffer, CancellationToken cancellation)
{
    private string _base = url.Request;
    private RtspResponse? _refusedOptions;
    private PublicMethods _methods = PublicMethods.Parse([]);

    /// <summary>Opens the stream; the session owns the connection then. Throws <see cref="RtspException"/>.</summary>
    public static RtspSession Open(
        IRtspWire wire, RtspOptions options, IMediaReceiver receiver, TimeProvider time, byte[] buffer, CancellationToken cancellation)
    {
        RtspConnection? connection = null;
        RtspUrl? url = null;
        try
        {
            url = RtspUrl.Parse(options.Url);
            connection = new RtspConnection(wire, new Authenticator(Credentials.Of(url), Authenticator.RandomWord), time);
            return new RtspHandshake(connection, options, url, time.GetElapsedTime(0) + options.Deadline, buffer, cancellation).Run(receiver, time);
        }
        catch
        {
            if (connection is not null)
                Abandon(connection, url!);

            wire.Dispose();
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
        var tracks = new TrackNegotiation(connection, options, url, description, _base, Ask);
        var setups = tracks.SetUpAll();
        var session = new RtspSession(connection, time, new RtspKeepAlive(connection, _methods, _base, tracks.Timeout));
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
        else if (answer.Status >= 400)
            _refusedOptions = answer;
    }

    private SessionDescription Describe()
    {
        RtspResponse answer;
        try
        {
            answer = Ask("DESCRIBE", url.Request, [new RtspHeader("Accept", "application/sdp")]);
        }
        catch (RtspException error) when (error.Fault == RtspFault.Closed && _refusedOptions is { } refused)
        {
            // The server meant its first answer.
            RtspRefusals.ThrowIfRefused(refused, "OPTIONS");
            throw;
        }

        var description = SessionDescription.Parse(answer.Body.Span);
        _base = RtspUrl.Base(answer.Headers, url.Request, description.Control);
        return description;
    }

    private string Aggregate(SessionDescription description) => RtspUrl.Join(_base, description.Control);
}

using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Sessions;

/// <summary>Keeps a session alive with a request that its server accepts: GET_PARAMETER, else OPTIONS, else SET_PARAMETER. Reads no
/// clock.</summary>
internal sealed class RtspKeepAlive(RtspConnection connection, PublicMethods methods, string url, TimeSpan timeout)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly List<string> _methods = Order(methods);
    private int _sequence = -1;
    private int _tried;
    private TimeSpan? _due;

    /// <summary>Half of the session's timeout, from 1 s to 30 s.</summary>
    public TimeSpan Interval { get; } = timeout / 2 < Shortest ? Shortest : timeout / 2 > Longest ? Longest : timeout / 2;

    public string Method => _methods[0];

    public void SendIfDue(TimeSpan now)
    {
        _due ??= now + Interval;
        if (now < _due)
            return;

        _due = now + Interval;
        _sequence = connection.Post(Method, url, []);
    }

    /// <summary>Takes an answer; throws if it says that the session is over.</summary>
    public void Take(RtspResponse answer)
    {
        // Some cameras forget the number.
        if (_sequence < 0 || (answer.CSeq is not null && answer.CSeq != _sequence))
            return;

        var mustSendAgain = connection.MustSendAgain(answer);
        switch (answer.Status)
        {
            case >= 200 and < 300:
                (_tried, _sequence) = (0, -1);
                break;
            case 401 when mustSendAgain:
                _sequence = connection.Post(Method, url, []);
                break;
            // Another method would be refused as well, and a camera counts how often a password was wrong.
            case 401:
                _sequence = -1;
                break;
            case 454:
                throw new RtspException(RtspFault.Closed, "it ended the session (454)") { Status = answer.Status };
            default:
                // This method is not known there; the next one is tried, and the first again after the last.
                _methods.Add(_methods[0]);
                _methods.RemoveAt(0);
                _sequence = _tried++ < _methods.Count ? connection.Post(Method, url, []) : -1;
                break;
        }
    }

    private static List<string> Order(PublicMethods methods)
    {
        string[] all = ["GET_PARAMETER", "OPTIONS", "SET_PARAMETER"];
        return methods.Contains("GET_PARAMETER") ? [.. all] : ["OPTIONS", "GET_PARAMETER", "SET_PARAMETER"];
    }
}

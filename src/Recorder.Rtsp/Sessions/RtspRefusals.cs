using System.Globalization;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Sessions;

/// <summary>What a server's refusal means.</summary>
internal static class RtspRefusals
{
    public static void ThrowIfRefused(RtspResponse answer, string method)
    {
        if (answer.Status is >= 200 and < 300)
            return;

        throw Of(answer, method);
    }

    private static RtspException Of(RtspResponse answer, string method)
    {
        var reason = Plain(answer.Reason);
        var said = string.Create(CultureInfo.InvariantCulture, $"it answers {method} with {answer.Status}{(reason.Length > 0 ? " " : "")}{reason}");
        return answer.Status switch
        {
            >= 300 and < 400 when answer.Headers["Location"] is { Length: > 0 } location =>
                new RtspException(RtspFault.Redirected, said) { Status = answer.Status, RedirectedTo = location.Trim() },
            401 or 407 => new RtspException(RtspFault.Unauthorized, said) { Status = answer.Status },
            403 => new RtspException(RtspFault.Forbidden, said) { Status = answer.Status },
            404 or 410 => new RtspException(RtspFault.NotFound, said) { Status = answer.Status },
            461 => new RtspException(RtspFault.UnsupportedTransport, said) { Status = answer.Status },
            _ => new RtspException(RtspFault.Refused, said) { Status = answer.Status },
        };
    }

    // What a server writes must not put control characters into logs and terminals.
    private static string Plain(string text)
    {
        const int Longest = 60;
        return new string([.. text.Where(c => c is >= ' ' and < '\x7f').Take(Longest)]).Trim();
    }
}

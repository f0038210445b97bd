using System.Text;
using System.Text.Unicode;

namespace Recorder.Rtsp.Sdp;

internal static class SdpParser
{
    private static readonly char[] LineEnds = ['\r', '\n', '\0'];

    public static SessionDescription Parse(ReadOnlySpan<byte> sdp)
    {
        if (sdp.Length > SessionDescription.MostBytes)
            throw new RtspException(RtspFault.TooMuch, "it sends a description of more than 256 KiB");

        var session = new SdpSection(null);
        var sections = new List<SdpSection>();
        var text = (Utf8.IsValid(sdp) ? Encoding.UTF8 : Encoding.Latin1).GetString(sdp);
        // NUL ends lines, too: bodies are padded with it.
        foreach (var range in text.AsSpan().SplitAny(LineEnds))
        {
            if (text.AsSpan(range) is not [var type, '=', .. var value])
                continue;

            type = char.ToLowerInvariant(type);
            if (type != 'm')
            {
                (sections.Count == 0 ? session : sections[^1]).Add(type, value.Trim().ToString());
                continue;
            }

            if (sections.Count == SessionDescription.MostMedia)
                throw new RtspException(RtspFault.TooMuch, $"it describes more than {SessionDescription.MostMedia} tracks");
            sections.Add(new SdpSection(value.Trim().ToString()));
        }

        if (sections.Count == 0)
            throw new RtspException(RtspFault.NoTrack, "it describes no track");

        return new SessionDescription
        {
            Name = session.Name,
            Tool = session.First("tool"),
            Control = session.First("control"),
            Range = session.First("range"),
            Connection = session.Connection,
            Media = BackChannels.Mark([.. sections.Select(it => SdpMedia.Parse(it, session))]),
        };
    }
}

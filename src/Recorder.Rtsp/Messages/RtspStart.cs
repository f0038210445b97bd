using System.Text;

namespace Recorder.Rtsp.Messages;

internal enum StartKind
{
    Junk = 0,
    /// <summary>More bytes are needed.</summary>
    Undecided = 1,
    Frame = 2,
    Head = 3,
    /// <summary>A byte that may stand between messages.</summary>
    Blank = 4,
}

/// <summary>Tells by the first bytes what begins.</summary>
internal static class RtspStart
{
    private const int LongestMethod = 32;
    private const int LongestRequestLine = 8 << 10;

    /// <param name="rest">Not empty.</param>
    /// <param name="isLost">Whether what came before was not understood. Then a frame must be of a channel that is in use and hold RTP or
    /// RTCP, and a message must be a response.</param>
    public static StartKind Recognise(ReadOnlySpan<byte> rest, bool isLost, bool[] channels) => rest[0] switch
    {
        (byte)'$' => isLost ? RecogniseFrame(rest, channels) : StartKind.Frame,
        (byte)'R' or (byte)'r' => RecogniseResponse(rest, isLost),
        _ when isLost => StartKind.Junk,
        (byte)'\r' or (byte)'\n' or (byte)' ' => StartKind.Blank,
        _ => RecogniseRequest(rest),
    };

    private static StartKind RecogniseFrame(ReadOnlySpan<byte> rest, bool[] channels)
    {
        if (rest.Length > 1 && !channels[rest[1]])
            return StartKind.Junk;

        if (rest.Length < 5)
            return StartKind.Undecided;

        // RTP and RTCP begin with version 2 and have at least 4 bytes.
        var length = (rest[2] << 8) | rest[3];
        return length >= 4 && rest[4] >> 6 == 2 ? StartKind.Frame : StartKind.Junk;
    }

    private static StartKind RecogniseResponse(ReadOnlySpan<byte> rest, bool isLost)
    {
        var version = "RTSP/"u8;
        var length = Math.Min(rest.Length, version.Length);
        if (!Ascii.EqualsIgnoreCase(rest[..length], version[..length]))
            return isLost ? StartKind.Junk : RecogniseRequest(rest);

        if (rest.Length < version.Length)
            return StartKind.Undecided;

        if (!isLost)
            return StartKind.Head;

        // The end of a request line looks alike, but is followed by no status.
        for (var i = version.Length; i < rest.Length && i < LongestMethod; i++)
        {
            if (rest[i] is (byte)' ' && i + 1 < rest.Length && rest[i + 1] is not (byte)' ')
                return rest[i + 1] is >= (byte)'1' and <= (byte)'9' ? StartKind.Head : StartKind.Junk;
            if (rest[i] is not (>= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)' '))
                return StartKind.Junk;
        }

        return rest.Length < LongestMethod ? StartKind.Undecided : StartKind.Junk;
    }

    private static StartKind RecogniseRequest(ReadOnlySpan<byte> rest)
    {
        var method = 0;
        while (method < rest.Length && method < LongestMethod && (char.IsAsciiLetter((char)rest[method]) || rest[method] is (byte)'_'))
            method++;

        if (method == rest.Length)
            return StartKind.Undecided;

        if (method < 3 || rest[method] != ' ')
            return StartKind.Junk;

        var line = rest[..Math.Min(rest.Length, LongestRequestLine)];
        var end = line.IndexOf((byte)'\n');
        var text = end < 0 ? line : line[..end];
        if (text.TrimEnd((byte)'\r').IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0)
            return StartKind.Junk;

        if (end < 0)
            return rest.Length < LongestRequestLine ? StartKind.Undecided : StartKind.Junk;

        var version = text.LastIndexOf((byte)' ') + 1;
        return RtspHead.IsVersion(Encoding.Latin1.GetString(text[version..])) && version > method + 1 ? StartKind.Head : StartKind.Junk;
    }
}

using System.Globalization;

namespace Recorder.Rtsp.Payloads;

/// <summary>Reads parameters of a=fmtp, where a broken one counts as missing.</summary>
internal static class FormatParameters
{
    private const int MostBytes = 64 << 10;

    public static int? Number(this Func<string, string?> parameter, string name)
        => int.TryParse(parameter(name)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static byte[]? Hex(this Func<string, string?> parameter, string name)
    {
        var text = parameter(name)?.Trim().Trim('"');
        if (string.IsNullOrEmpty(text) || text.Length > MostBytes || text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
            return null;

        return Convert.FromHexString(text);
    }

    /// <summary>NAL units in Base64 with commas between them, each behind a start code; empty if one is broken.</summary>
    public static byte[] ParameterSets(this Func<string, string?> parameter, string name, Func<ReadOnlySpan<byte>, bool> isParameterSet)
    {
        var text = parameter(name)?.Trim().Trim('"') ?? "";
        if (text.Length > MostBytes)
            return [];

        List<byte> header = [];
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Base64(part) is not { } unit)
                return [];

            // Some cameras send the start code, too, or end with an empty unit.
            var bytes = WithoutStartCode(unit).TrimEnd((byte)0);
            if (bytes.Length > 2 && isParameterSet(bytes))
                header.AddRange([0, 0, 0, 1, .. bytes]);
        }

        return [.. header];
    }

    private static ReadOnlySpan<byte> WithoutStartCode(ReadOnlySpan<byte> unit)
    {
        var bytes = unit.TrimStart((byte)0);
        return bytes.Length + 2 <= unit.Length && !bytes.IsEmpty && bytes[0] == 1 ? bytes[1..] : unit;
    }

    private static byte[]? Base64(string text)
    {
        var whole = text.TrimEnd('=');
        var bytes = new byte[whole.Length];
        whole = whole.PadRight((whole.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(whole, bytes, out var length) ? bytes[..length] : null;
    }
}

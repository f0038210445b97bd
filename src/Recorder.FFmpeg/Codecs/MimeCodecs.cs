using System.Globalization;
using System.Text;

namespace Recorder.FFmpeg;

/// <summary>Writes codecs for a MIME type's codecs parameter, as RFC 6381 and the codecs' own registrations define.</summary>
internal static class MimeCodecs
{
    public static string Of(CodecParameters parameters, ReadOnlySpan<byte> header, int profile, int level, int bitDepth) => parameters.Codec switch
    {
        "h264" => Avc(header, profile, level),
        "hevc" => Hevc(header, profile, level),
        "vp8" => "vp8",
        "vp9" => Vp9(parameters, header, profile, level, bitDepth),
        "av1" => Av1(parameters, header, profile, level, bitDepth),
        "mpeg4" => "mp4v.20.9",
        "aac" => Aac(header, profile),
        "mp3" => "mp4a.6b",
        "mp2" => "mp4a.69",
        "opus" or "vorbis" or "flac" or "alac" => parameters.Codec,
        "ac3" => "ac-3",
        "eac3" => "ec-3",
        "pcm_mulaw" => "ulaw",
        "pcm_alaw" => "alaw",
        var codec when codec.StartsWith("pcm_", StringComparison.Ordinal) => "pcm",
        var codec => codec,
    };

    private static string Avc(ReadOnlySpan<byte> header, int profile, int level)
    {
        if (header.Length >= 4 && header[0] == 1)
            return $"avc1.{Convert.ToHexStringLower(header.Slice(1, 3))}";
        if (AnnexB.Find(header, NalUnit.IsAvcSequenceSet) is { Length: >= 4 } sps)
            return $"avc1.{Convert.ToHexStringLower(sps.AsSpan(1, 3))}";
        if (profile <= 0 || level <= 0)
            return "avc1";
        // FFmpeg states constraint_set1 and constraint_set3 as flags above the profile number.
        var constraints = ((profile & 0x200) != 0 ? 0x40 : 0) | ((profile & 0x800) != 0 ? 0x10 : 0);
        return string.Create(CultureInfo.InvariantCulture, $"avc1.{profile & 0xff:x2}{constraints:x2}{level:x2}");
    }

    private static string Hevc(ReadOnlySpan<byte> header, int profile, int level)
    {
        // General profile, tier and level are twelve bytes at byte 1 of hvcC and at byte 3 of a sequence parameter set.
        ReadOnlySpan<byte> general = default;
        if (header.Length >= 13 && header[0] == 1)
        {
            general = header.Slice(1, 12);
        }
        else if (AnnexB.Find(header, NalUnit.IsHevcSequenceSet) is { } sps)
        {
            var plain = AnnexB.Unescape(sps);
            if (plain.Length >= 15)
                general = plain.AsSpan(3, 12);
        }
        var name = header.IsEmpty ? "hev1" : "hvc1";
        if (general.IsEmpty)
            return profile > 0 && level > 0 ? $"{name}.{profile}.{1 << profile:X}.L{level}.B0" : name;
        var text = new StringBuilder(name).Append('.');
        if (general[0] >> 6 is > 0 and var space)
            text.Append((char)('A' + space - 1));
        text.Append(general[0] & 0x1f).Append('.');
        uint compatibility = 0;
        for (var bit = 0; bit < 32; bit++)
        {
            if ((general[1 + bit / 8] >> (7 - bit % 8) & 1) != 0)
                compatibility |= 1u << bit;
        }
        text.Append(CultureInfo.InvariantCulture, $"{compatibility:X}.");
        text.Append((general[0] & 0x20) != 0 ? 'H' : 'L').Append(general[11]);
        var constraints = general.Slice(5, 6).TrimEnd((byte)0);
        foreach (var constraint in constraints)
            text.Append(CultureInfo.InvariantCulture, $".{constraint:X}");
        return text.ToString();
    }

    private static string Vp9(CodecParameters parameters, ReadOnlySpan<byte> header, int profile, int level, int bitDepth)
    {
        // vpcC has version and flags, then profile, level and bit depth.
        if (header.Length >= 7 && header[0] == 1 && header[1] == 0)
        {
            profile = header[4];
            level = header[5];
            bitDepth = header[6] >> 4;
        }
        if (profile < 0)
            profile = 0;
        if (level <= 0)
            level = Vp9Level(parameters);
        return string.Create(CultureInfo.InvariantCulture, $"vp09.{profile:00}.{level:00}.{bitDepth:00}");
    }

    /// <summary>Returns the lowest level that allows the frame size and sample rate (VP9 specification, annex A).</summary>
    private static int Vp9Level(CodecParameters parameters)
    {
        ReadOnlySpan<(int Level, long Rate, long Size)> levels =
        [
            (10, 829_440, 36_864), (11, 2_764_800, 73_728), (20, 4_608_000, 122_880), (21, 9_216_000, 245_760),
            (30, 20_736_000, 552_960), (31, 36_864_000, 983_040), (40, 83_558_400, 2_228_224), (41, 160_432_128, 2_228_224),
            (50, 311_951_360, 8_912_896), (51, 588_251_136, 8_912_896), (52, 1_176_502_272, 8_912_896),
            (60, 1_176_502_272, 35_651_584), (61, 2_353_004_544, 35_651_584),
        ];
        var size = (long)parameters.Width * parameters.Height;
        var rate = parameters.FrameRate.IsKnown ? (long)(size * parameters.FrameRate.Value) : 0;
        foreach (var (level, maximumRate, maximumSize) in levels)
        {
            if (size <= maximumSize && rate <= maximumRate)
                return level;
        }
        return 62;
    }

    private static string Av1(CodecParameters parameters, ReadOnlySpan<byte> header, int profile, int level, int bitDepth)
    {
        var tier = 0;
        if (header.Length >= 4 && (header[0] & 0x80) != 0)
        {
            // av1C has marker and version, profile and level, then tier and bit depth.
            profile = header[1] >> 5;
            level = header[1] & 0x1f;
            tier = header[2] >> 7;
            bitDepth = (header[2] & 0x40) == 0 ? 8 : (header[2] & 0x20) == 0 ? 10 : 12;
        }
        else if (Av1SequenceHeader.Read(header) is { } sequence)
        {
            (profile, level, tier) = (sequence.Profile, sequence.Level, sequence.Tier);
        }
        if (profile < 0)
            profile = 0;
        if (level < 0)
            level = Av1Level((long)parameters.Width * parameters.Height);
        return string.Create(CultureInfo.InvariantCulture, $"av01.{profile}.{level:00}{(tier == 0 ? 'M' : 'H')}.{bitDepth:00}");
    }

    /// <summary>Returns the lowest level that allows a frame of so many pixels (AV1 specification, annex A).</summary>
    private static int Av1Level(long pixels) => pixels switch
    {
        <= 147_456 => 0,
        <= 278_784 => 1,
        <= 665_856 => 4,
        <= 1_065_024 => 5,
        <= 2_359_296 => 8,
        _ => 12,
    };

    private static string Aac(ReadOnlySpan<byte> header, int profile)
    {
        var type = header.Length >= 2 ? AacHeader.TypeOf(header) : profile >= 0 ? profile + 1 : 2;
        return $"mp4a.40.{type}";
    }
}

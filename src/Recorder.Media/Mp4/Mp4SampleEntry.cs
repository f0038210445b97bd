using System.Buffers.Binary;
using System.Text;
using Recorder.FFmpeg;

namespace Recorder.Media.Mp4;

/// <summary>The sample entry in a track's <c>stsd</c>: what a decoder must know before the first sample.</summary>
internal sealed class Mp4SampleEntry
{
    public const uint Mp4a = 0x6d703461, Opus = 0x4f707573, Esds = 0x65736473, DOps = 0x644f7073;

    private const uint Avc1 = 0x61766331, Avc3 = 0x61766333, Hvc1 = 0x68766331, Hev1 = 0x68657631;
    private const uint Av01 = 0x61763031, Vp08 = 0x76703038, Vp09 = 0x76703039;
    private const uint AvcC = 0x61766343, HvcC = 0x68766343;

    // Bytes from the beginning of an entry to the boxes in it.
    private const int VideoFields = 86;
    private const int AudioFields = 36;

    private readonly byte[] _description;

    private Mp4SampleEntry(uint format, byte[] description) => (Format, _description) = (format, description);

    public uint Format { get; }

    public InBandSets? ParameterSets { get; private init; }

    /// <summary>Silence that fits into this track; null when none can be made for its codec or configuration.</summary>
    public SilentSound? Silence { get; private init; }

    /// <summary>The format of the same codec that allows parameter sets in the stream.</summary>
    public uint InBandFormat => Format switch
    {
        Avc1 => Avc3,
        Hvc1 => Hev1,
        _ => Format,
    };

    public string Codec => InBandFormat switch
    {
        Avc3 => "H.264",
        Hev1 => "HEVC",
        Av01 => "AV1",
        Vp08 => "VP8",
        Vp09 => "VP9",
        _ => Encoding.Latin1.GetString(BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(Format))).Trim(),
    };

    /// <summary>Whether both describe the same stream: equal bytes, except bit rates, which are estimates.</summary>
    public bool IsSame(Mp4SampleEntry other) => _description.AsSpan().SequenceEqual(other._description);

    /// <summary>Whether a decoder of the other track decodes this one: parameter sets can be inserted, or key frames have them.</summary>
    public bool CanContinueFrom(Mp4SampleEntry other) => IsSame(other) || (InBandFormat == other.InBandFormat && Format switch
    {
        Avc1 or Avc3 or Hvc1 or Hev1 => ParameterSets is not null && ParameterSets.LengthSize == other.ParameterSets?.LengthSize,
        Av01 or Vp08 or Vp09 => true,
        _ => false,
    });

    public static Mp4SampleEntry Read(ReadOnlySpan<byte> file, Mp4Box stsd, bool isVideo, uint timescale)
    {
        var description = WithoutBitrates(file[stsd.Start..stsd.End]);
        if (!Mp4Box.TryRead(file, stsd.Body + 8, stsd.End, out var entry))
            return new Mp4SampleEntry(0, description);

        var content = entry with { Body = entry.Start + (isVideo ? VideoFields : AudioFields) };
        return new Mp4SampleEntry(entry.Type, description)
        {
            ParameterSets = entry.Type switch
            {
                Avc1 or Avc3 when content.TryFind(file, out var record, AvcC) =>
                    InBandSets.Of("h264", file[record.Body..record.End]),
                Hvc1 or Hev1 when content.TryFind(file, out var record, HvcC) =>
                    InBandSets.Of("hevc", file[record.Body..record.End]),
                _ => null,
            },
            Silence = entry.Type switch
            {
                Mp4a when content.TryFind(file, out var esds, Esds) =>
                    SilentSound.OfAac(ConfigurationOf(file[esds.Start..esds.End]), timescale),
                Opus when content.TryFind(file, out var header, DOps) && header.Body + 2 <= header.End =>
                    SilentSound.OfOpus(file[header.Body + 1], timescale),
                _ => null,
            },
        };
    }

    // The bit rate of a stream that does not state it is estimated anew by each node and connection; decoders ignore it.
    private static byte[] WithoutBitrates(ReadOnlySpan<byte> stsd)
    {
        const int BtrtLength = 12;
        const int RatesLength = 11;
        var copy = stsd.ToArray();
        if (copy.AsSpan().IndexOf("btrt"u8) is > 0 and var btrt && btrt + 4 + BtrtLength <= copy.Length)
            copy.AsSpan(btrt + 4, BtrtLength).Clear();

        // The bit rates in the descriptor of an elementary stream (ISO 14496-1, 7.2.6.5 and 7.2.6.6).
        if (copy.AsSpan().IndexOf("esds"u8) is > 0 and var esds && DecoderOf(copy, esds - 4) is > 0 and var decoder &&
            decoder + 2 + RatesLength <= copy.Length)
        {
            copy.AsSpan(decoder + 2, RatesLength).Clear();
        }

        return copy;
    }

    // The decoder-specific configuration (ISO 14496-1, 7.2.6.7) follows types, buffer size and bit rates of the stream.
    private static ReadOnlySpan<byte> ConfigurationOf(ReadOnlySpan<byte> esds)
    {
        const byte Aac = 0x40;
        var decoder = DecoderOf(esds, 0);
        if (decoder == 0 || decoder >= esds.Length || esds[decoder] != Aac)
            return default;

        var at = BodyOf(esds, decoder + 13, tag: 5);
        return at == 0 || at > esds.Length ? default : esds[at..];
    }

    // Offset of the content of the decoder configuration descriptor in the esds box at an offset; 0 without one.
    private static int DecoderOf(ReadOnlySpan<byte> bytes, int box)
    {
        var at = BodyOf(bytes, box + 12, tag: 3) + 3;
        return at > 3 ? BodyOf(bytes, at, tag: 4) : 0;
    }

    // Offset of the content of a descriptor, behind its tag and a length of up to four bytes; 0 for another tag.
    private static int BodyOf(ReadOnlySpan<byte> bytes, int at, byte tag)
    {
        if (at >= bytes.Length || bytes[at] != tag)
            return 0;

        var last = at + 1;
        while (last < bytes.Length && (bytes[last] & 0x80) != 0)
            last++;

        return last + 1;
    }
}

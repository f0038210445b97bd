using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>What a decoder must know of a track: the sample entry in its <c>stsd</c>.</summary>
internal sealed class Mp4SampleEntry
{
    private const uint Avc1 = 0x61766331, Avc3 = 0x61766333, Hvc1 = 0x68766331, Hev1 = 0x68657631;
    private const uint Av01 = 0x61763031, Vp08 = 0x76703038, Vp09 = 0x76703039, Mp4a = 0x6d703461, Opus = 0x4f707573;
    private const uint AvcC = 0x61766343, HvcC = 0x68766343, Esds = 0x65736473, DOps = 0x644f7073;

    // From the entry's beginning to its boxes.
    private const int VideoFields = 86;
    private const int AudioFields = 36;

    private readonly byte[] _description;

    private Mp4SampleEntry(uint format, byte[] description) => (Format, _description) = (format, description);

    /// <summary>Its four characters.</summary>
    public uint Format { get; }

    /// <summary>The parameter sets of H.264 and HEVC; null of others.</summary>
    public ParameterSets? Sets { get; private init; }

    /// <summary>What stands for silence in this track; null where nothing is known that does.</summary>
    public SilentSound? Silence { get; private init; }

    /// <summary>The name of the same codec whose parameter sets may stand in the stream.</summary>
    public uint FormatWithSetsInBand => Format switch
    {
        Avc1 => Avc3,
        Hvc1 => Hev1,
        _ => Format,
    };

    /// <summary>The codec as people call it.</summary>
    public string Codec => FormatWithSetsInBand switch
    {
        Avc3 => "H.264",
        Hev1 => "HEVC",
        Av01 => "AV1",
        Vp08 => "VP8",
        Vp09 => "VP9",
        _ => new string([.. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(Format)).Select(letter => (char)letter)]).Trim(),
    };

    /// <summary>Whether it describes the same to the last bit, but for bit rates, which are guessed.</summary>
    public bool IsSame(Mp4SampleEntry other) => _description.AsSpan().SequenceEqual(other._description);

    /// <summary>
    /// Whether a decoder of pictures opened for the other goes on with this: where parameter sets can stand in front of a key frame, or every key
    /// frame says of itself what it is.
    /// </summary>
    public bool GoesOnFrom(Mp4SampleEntry other) => IsSame(other) || (FormatWithSetsInBand == other.FormatWithSetsInBand && Format switch
    {
        Avc1 or Avc3 or Hvc1 or Hev1 => Sets is not null && Sets.LengthSize == other.Sets?.LengthSize,
        Av01 or Vp08 or Vp09 => true,
        _ => false,
    });

    /// <summary>Reads the first entry of a <c>stsd</c>.</summary>
    public static Mp4SampleEntry Read(ReadOnlySpan<byte> file, Mp4Box stsd, bool isVideo, uint timescale)
    {
        var description = WithoutBitrates(file[stsd.Start..stsd.End]);
        if (!Mp4Box.TryRead(file, stsd.Body + 8, stsd.End, out var entry))
        {
            return new Mp4SampleEntry(0, description);
        }

        var boxes = entry.Start + (isVideo ? VideoFields : AudioFields);
        return new Mp4SampleEntry(entry.Type, description)
        {
            Sets = entry.Type switch
            {
                Avc1 or Avc3 when Mp4Box.TryFind(file, boxes, entry.End, AvcC, out var record) => ParameterSets.OfAvc(file[record.Body..record.End]),
                Hvc1 or Hev1 when Mp4Box.TryFind(file, boxes, entry.End, HvcC, out var record) => ParameterSets.OfHevc(file[record.Body..record.End]),
                _ => null,
            },
            Silence = entry.Type switch
            {
                Mp4a when Mp4Box.TryFind(file, boxes, entry.End, Esds, out var esds) => SilentSound.OfAac(ConfigurationOf(file[esds.Start..esds.End]), timescale),
                Opus when Mp4Box.TryFind(file, boxes, entry.End, DOps, out var header) && header.Body + 2 <= header.End =>
                    SilentSound.OfOpus(file[header.Body + 1], timescale),
                _ => null,
            },
        };
    }

    // A node, or a connection, guesses the bit rate of a stream that does not state it: what decodes one decodes the other.
    private static byte[] WithoutBitrates(ReadOnlySpan<byte> stsd)
    {
        const int BtrtLength = 12;
        const int RatesLength = 11;
        var copy = stsd.ToArray();
        if (copy.AsSpan().IndexOf("btrt"u8) is > 0 and var btrt && btrt + 4 + BtrtLength <= copy.Length)
        {
            copy.AsSpan(btrt + 4, BtrtLength).Clear();
        }

        // An elementary stream's descriptor (ISO 14496-1, 7.2.6.5 and 7.2.6.6): its id and flags, then the decoder's configuration.
        if (copy.AsSpan().IndexOf("esds"u8) is > 0 and var esds && DecoderOf(copy, esds - 4) is > 0 and var decoder && decoder + 2 + RatesLength <= copy.Length)
        {
            copy.AsSpan(decoder + 2, RatesLength).Clear();
        }

        return copy;
    }

    // The decoder's own configuration (ISO 14496-1, 7.2.6.7): behind object type, stream type, buffer size and two bit rates.
    private static ReadOnlySpan<byte> ConfigurationOf(ReadOnlySpan<byte> esds)
    {
        const byte Aac = 0x40;
        var decoder = DecoderOf(esds, 0);
        if (decoder == 0 || decoder >= esds.Length || esds[decoder] != Aac)
        {
            return default;
        }

        var at = BodyOf(esds, decoder + 13, tag: 5);
        return at == 0 || at > esds.Length ? default : esds[at..];
    }

    // The body of the decoder configuration descriptor of the box at a place; 0 where there is none.
    private static int DecoderOf(ReadOnlySpan<byte> bytes, int box)
    {
        var at = BodyOf(bytes, box + 12, tag: 3) + 3;
        return at > 3 ? BodyOf(bytes, at, tag: 4) : 0;
    }

    // Behind the tag and a length of up to four bytes; 0 where that is another descriptor.
    private static int BodyOf(ReadOnlySpan<byte> bytes, int at, byte tag)
    {
        if (at >= bytes.Length || bytes[at] != tag)
        {
            return 0;
        }

        var last = at + 1;
        while (last < bytes.Length && (bytes[last] & 0x80) != 0)
        {
            last++;
        }

        return last + 1;
    }
}

using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Finds parameter sets of H.264 and HEVC in codec headers and packets; returns them between start codes.</summary>
internal sealed class ParameterSets
{
    private readonly bool _h264;
    private readonly List<byte> _found = new(128);

    private ParameterSets(bool h264) => _h264 = h264;

    public static ParameterSets? For(string codec) => codec switch
    {
        "h264" => new ParameterSets(h264: true),
        "hevc" => new ParameterSets(h264: false),
        _ => null,
    };

    public int LengthSize(ReadOnlySpan<byte> header) => ConfigurationRecord.LengthSizeOf(header, _h264);

    /// <summary>Returns the sets of a packet, valid until the next call; empty if it has none.</summary>
    public ReadOnlySpan<byte> OfPacket(ReadOnlySpan<byte> data, int lengthSize)
    {
        _found.Clear();
        // Some senders use start codes although the codec header announces lengths.
        var hasStartCodes = AnnexB.Is(data);
        if (!hasStartCodes && lengthSize == 0)
            return default;
        var rest = data;
        while ((hasStartCodes ? AnnexB.TryNext(ref rest, out var unit) : NalUnit.TryNext(ref rest, lengthSize, out unit)) && Collect(unit))
        {
        }
        return CollectionsMarshal.AsSpan(_found);
    }

    /// <summary>Returns the sets of a codec header, valid until the next call; empty if it has none.</summary>
    public ReadOnlySpan<byte> OfHeader(ReadOnlySpan<byte> header)
    {
        if (LengthSize(header) == 0)
            return OfPacket(header, 0);
        _found.Clear();
        var record = new ConfigurationRecord(header, _h264);
        while (record.TryNext(out var unit))
        {
            if (!unit.IsEmpty && IsSet(TypeOf(unit)))
                AnnexB.Append(_found, unit);
        }
        return CollectionsMarshal.AsSpan(_found);
    }

    public byte[]? ToHeader(ReadOnlySpan<byte> sets, int lengthSize) =>
        lengthSize == 0 ? sets.ToArray()
        : _h264 ? ConfigurationRecordWriter.Avc(sets, lengthSize)
        : ConfigurationRecordWriter.Hevc(sets, lengthSize);

    /// <summary>Converts NAL units between start codes to their form in packets: behind lengths, if the size is above 0.</summary>
    public static byte[] InBand(ReadOnlySpan<byte> units, int lengthSize)
    {
        var bytes = new List<byte>(units.Length + 16);
        while (AnnexB.TryNext(ref units, out var unit))
        {
            if (unit.IsEmpty)
                continue;
            if (lengthSize > 0)
            {
                NalUnit.Append(bytes, unit, lengthSize);
                continue;
            }
            bytes.Add(0);
            AnnexB.Append(bytes, unit);
        }
        return [.. bytes];
    }

    public static bool Contains(ReadOnlySpan<byte> known, ReadOnlySpan<byte> sets)
    {
        while (AnnexB.TryNext(ref sets, out var unit))
        {
            var found = false;
            for (var rest = known; !found && AnnexB.TryNext(ref rest, out var other);)
                found = other.SequenceEqual(unit);
            if (!found)
                return false;
        }
        return true;
    }

    /// <summary>Adds new sets to the known ones. A new set replaces a known one of the same type and number.</summary>
    public byte[] Merge(ReadOnlySpan<byte> known, ReadOnlySpan<byte> sets)
    {
        var merged = new List<byte>(known.Length + sets.Length);
        while (AnnexB.TryNext(ref known, out var unit))
        {
            var replaced = false;
            for (var rest = sets; !replaced && AnnexB.TryNext(ref rest, out var other);)
                replaced = !unit.IsEmpty && !other.IsEmpty && IdentityOf(other) == IdentityOf(unit);
            if (!replaced)
                AnnexB.Append(merged, unit);
        }
        merged.AddRange(sets);
        return [.. merged];
    }

    public (int Width, int Height) SizeOf(ReadOnlySpan<byte> sets) => InfoOf(sets) is { } info ? (info.Width, info.Height) : default;

    public SequenceInfo? InfoOf(ReadOnlySpan<byte> sets) => SequenceParameterSet.Read(sets, _h264);

    public bool IsFrame(ReadOnlySpan<byte> unit) => TypeOf(unit) is var type && (_h264 ? type is >= 1 and <= 5 : type < 32);

    private int TypeOf(ReadOnlySpan<byte> unit) => _h264 ? NalUnit.AvcType(unit[0]) : NalUnit.HevcType(unit[0]);

    private bool IsSet(int type) => _h264
        ? type is NalUnit.AvcSequenceSet or NalUnit.AvcPictureSet
        : type is NalUnit.HevcVideoSet or NalUnit.HevcSequenceSet or NalUnit.HevcPictureSet;

    // HEVC's sequence set has its number behind many other fields; a stream has only one such set, so the number is taken to be
    // 0.
    private (int Type, int Number) IdentityOf(ReadOnlySpan<byte> unit)
    {
        var type = TypeOf(unit);
        var at = (_h264, type) switch
        {
            (true, NalUnit.AvcSequenceSet) => 4,
            (true, _) => 1,
            (false, NalUnit.HevcPictureSet) => 2,
            _ => unit.Length,
        };
        return (type, at < unit.Length ? new BitReader(unit[at..]).ReadUnsigned() : 0);
    }

    /// <returns>Whether more sets may follow: none follow a frame, or another unit behind the sets.</returns>
    private bool Collect(ReadOnlySpan<byte> unit)
    {
        if (unit.IsEmpty)
            return true;
        if (!IsSet(TypeOf(unit)))
            return _found.Count == 0 && !IsFrame(unit);
        // Some senders repeat a set in some of the key frames. Sets are compared across key frames, so a repetition is left out.
        if (CollectionsMarshal.AsSpan(_found).IndexOf(unit) < 0)
            AnnexB.Append(_found, unit);
        return true;
    }
}

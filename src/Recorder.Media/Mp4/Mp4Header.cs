using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>One track as an extent's header describes it.</summary>
/// <param name="Id">Its number in the file.</param>
/// <param name="Timescale">Units a second of its times.</param>
/// <param name="IsVideo">Whether it is a picture.</param>
/// <param name="Delay">What its edit list takes off each time: units that are skipped less those that are waited.</param>
/// <param name="DefaultDuration">Duration of a sample that states none.</param>
/// <param name="DefaultSize">Bytes of a sample that states none.</param>
/// <param name="DefaultFlags">Flags of a sample that states none.</param>
internal sealed record Mp4Track(uint Id, uint Timescale, bool IsVideo, long Delay, uint DefaultDuration, uint DefaultSize, uint DefaultFlags)
{
    /// <summary>What a decoder must know of it.</summary>
    public required Mp4SampleEntry Entry { get; init; }

    /// <summary>Where the header describes it.</summary>
    public required Mp4Box Trak { get; init; }

    /// <summary>Where the header states its defaults; empty where it does not.</summary>
    public Mp4Box Trex { get; init; }
}

/// <summary>The header of an extent: its <c>ftyp</c> and <c>moov</c>, and what they say.</summary>
internal sealed class Mp4Header
{
    private Mp4Header(byte[] bytes, int moov, IReadOnlyList<Mp4Track> tracks, uint timescale) =>
        (Bytes, Moov, Tracks, Timescale) = (bytes, moov, tracks, timescale);

    /// <summary>Both boxes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where the <c>moov</c> begins.</summary>
    public int Moov { get; }

    /// <summary>Units a second of edit lists.</summary>
    public uint Timescale { get; }

    public IReadOnlyList<Mp4Track> Tracks { get; }

    /// <summary>Index of the track that seeking goes by: the first video, else the first.</summary>
    public int Reference => Math.Max(Tracks.TakeWhile(track => !track.IsVideo).Count() is var at && at < Tracks.Count ? at : 0, 0);

    /// <summary>Index of the first track of sound; below 0 when there is none.</summary>
    public int SoundTrack => Tracks.TakeWhile(track => track.IsVideo).Count() is var at && at < Tracks.Count ? at : -1;

    /// <summary>Reads the header of a fragmented MP4 from its beginning.</summary>
    /// <returns>False when the bytes hold no whole header, or that of another format.</returns>
    public static bool TryParse(ReadOnlySpan<byte> file, out Mp4Header? header)
    {
        header = null;
        if (!Mp4Box.TryRead(file, 0, file.Length, out var ftyp) || ftyp.Type != Mp4Box.Ftyp ||
            !Mp4Box.TryFind(file, ftyp.End, file.Length, Mp4Box.Moov, out var moov))
        {
            return false;
        }

        var bytes = new byte[ftyp.End + moov.End - moov.Start];
        file[..ftyp.End].CopyTo(bytes);
        file[moov.Start..moov.End].CopyTo(bytes.AsSpan(ftyp.End));
        header = Parse(bytes, ftyp.End);
        return header is not null;
    }

    /// <summary>The first sample entry of a track.</summary>
    public static Mp4Box? EntryOf(ReadOnlySpan<byte> bytes, Mp4Box trak) =>
        Mp4Box.TryFind(bytes, trak.Body, trak.End, Mp4Box.Mdia, out var mdia) &&
        Mp4Box.TryFind(bytes, mdia.Body, mdia.End, Mp4Box.Minf, out var minf) &&
        Mp4Box.TryFind(bytes, minf.Body, minf.End, Mp4Box.Stbl, out var stbl) &&
        Mp4Box.TryFind(bytes, stbl.Body, stbl.End, Mp4Box.Stsd, out var stsd) &&
        Mp4Box.TryRead(bytes, stsd.Body + 8, stsd.End, out var entry) ? entry : null;

    private static Mp4Header? Parse(byte[] bytes, int at)
    {
        if (!Mp4Box.TryRead(bytes, at, bytes.Length, out var moov) ||
            !Mp4Box.TryFind(bytes, moov.Body, moov.End, Mp4Box.Mvhd, out var mvhd) ||
            !Mp4Box.TryFind(bytes, moov.Body, moov.End, Mp4Box.Mvex, out var mvex))
        {
            return null;
        }

        var timescale = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(mvhd.Body + (bytes[mvhd.Body] == 1 ? 20 : 12)));
        var tracks = new List<Mp4Track>();
        for (var place = moov.Body; Mp4Box.TryRead(bytes, place, moov.End, out var box); place = box.End)
        {
            if (box.Type == Mp4Box.Trak)
            {
                if (ParseTrack(bytes, box, mvex, timescale) is not { } track)
                {
                    return null;
                }

                tracks.Add(track);
            }
        }

        return tracks.Count == 0 || timescale == 0 ? null : new Mp4Header(bytes, at, tracks, timescale);
    }

    private static Mp4Track? ParseTrack(byte[] bytes, Mp4Box trak, Mp4Box mvex, uint movieTimescale)
    {
        if (!Mp4Box.TryFind(bytes, trak.Body, trak.End, Mp4Box.Tkhd, out var tkhd) ||
            !Mp4Box.TryFind(bytes, trak.Body, trak.End, Mp4Box.Mdia, out var mdia) ||
            !Mp4Box.TryFind(bytes, mdia.Body, mdia.End, Mp4Box.Mdhd, out var mdhd) ||
            !Mp4Box.TryFind(bytes, mdia.Body, mdia.End, Mp4Box.Hdlr, out var hdlr) ||
            !Mp4Box.TryFind(bytes, mdia.Body, mdia.End, Mp4Box.Minf, out var minf) ||
            !Mp4Box.TryFind(bytes, minf.Body, minf.End, Mp4Box.Stbl, out var stbl) ||
            !Mp4Box.TryFind(bytes, stbl.Body, stbl.End, Mp4Box.Stsd, out var stsd))
        {
            return null;
        }

        var id = Number(bytes, tkhd.Body + (bytes[tkhd.Body] == 1 ? 20 : 12));
        var timescale = Number(bytes, mdhd.Body + (bytes[mdhd.Body] == 1 ? 20 : 12));
        var isVideo = Number(bytes, hdlr.Body + 8) == 0x76696465;
        var (trex, duration, size, flags) = (default(Mp4Box), 0u, 0u, 0u);
        for (var at = mvex.Body; Mp4Box.TryRead(bytes, at, mvex.End, out var box); at = box.End)
        {
            if (box.Type == Mp4Box.Trex && Number(bytes, box.Body + 4) == id)
            {
                (trex, duration, size, flags) = (box, Number(bytes, box.Body + 12), Number(bytes, box.Body + 16), Number(bytes, box.Body + 20));
            }
        }

        return timescale == 0 ? null : new Mp4Track(id, timescale, isVideo, DelayOf(bytes, trak, timescale, movieTimescale), duration, size, flags)
        {
            Entry = Mp4SampleEntry.Read(bytes, stsd, isVideo, timescale),
            Trak = trak,
            Trex = trex,
        };
    }

    // What is waited at first, and what is skipped then: FFmpeg writes no other edit lists before fragments.
    private static long DelayOf(byte[] bytes, Mp4Box trak, uint timescale, uint movieTimescale)
    {
        if (!Mp4Box.TryFind(bytes, trak.Body, trak.End, Mp4Box.Edts, out var edts) ||
            !Mp4Box.TryFind(bytes, edts.Body, edts.End, Mp4Box.Elst, out var elst))
        {
            return 0;
        }

        var wide = bytes[elst.Body] == 1;
        var delay = 0L;
        for (var (at, size) = (elst.Body + 8, wide ? 20 : 12); at + size <= elst.End; at += size)
        {
            var length = wide ? BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at)) : Number(bytes, at);
            var start = wide ? BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at + 8)) : (int)Number(bytes, at + 4);
            if (start >= 0)
            {
                return delay + start;
            }

            delay -= (long)((Int128)length * timescale / movieTimescale);
        }

        return delay;
    }

    private static uint Number(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
}

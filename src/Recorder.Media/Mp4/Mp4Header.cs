using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Mp4;

/// <summary>The header of an extent: its <c>ftyp</c> and <c>moov</c>, and what they say.</summary>
internal sealed class Mp4Header
{
    public const int MaxBytes = 1 << 20;

    private const uint VideoHandler = 0x76696465;
    private const int UsualBytes = 16 * 1024;

    private Mp4Header(byte[] bytes, int moov, IReadOnlyList<Mp4Track> tracks, uint timescale)
    {
        (Bytes, Moov, Tracks, Timescale) = (bytes, moov, tracks, timescale);
        Reference = Math.Max(0, IndexOf(tracks, isVideo: true));
        SoundTrack = IndexOf(tracks, isVideo: false);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public int Moov { get; }

    /// <summary>Units per second of the durations in edit lists.</summary>
    public uint Timescale { get; }

    public IReadOnlyList<Mp4Track> Tracks { get; }

    /// <summary>Index of the track that seeking goes by: the first video track, else the first track.</summary>
    public int Reference { get; }

    public int SoundTrack { get; }

    public int IndexOf(uint id)
    {
        for (var track = 0; track < Tracks.Count; track++)
        {
            if (Tracks[track].Id == id)
                return track;
        }

        return -1;
    }

    /// <summary>Reads the header of a file; null when there is no whole one (yet), or none of fragmented MP4.</summary>
    public static Mp4Header? Read(SafeFileHandle file)
    {
        for (var size = UsualBytes; size <= MaxBytes; size *= 4)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, size), 0);
                if (TryParse(buffer.AsSpan(0, read), out var header))
                    return header;

                if (read < size)
                    return null;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return null;
    }

    /// <summary>Reads the header of a fragmented MP4 from its beginning.</summary>
    public static bool TryParse(ReadOnlySpan<byte> file, out Mp4Header? header)
    {
        header = null;
        if (!Mp4Box.TryRead(file, 0, file.Length, out var ftyp) || ftyp.Type != Mp4Box.Ftyp ||
            !Mp4Box.Around(ftyp.End, file.Length).TryFind(file, out var moov, Mp4Box.Moov))
        {
            return false;
        }

        header = Parse([.. file[..ftyp.End], .. file[moov.Start..moov.End]], ftyp.End);
        return header is not null;
    }

    public static Mp4Box? EntryOf(ReadOnlySpan<byte> bytes, Mp4Box trak) =>
        trak.TryFind(bytes, out var stsd, Mp4Box.Mdia, Mp4Box.Minf, Mp4Box.Stbl, Mp4Box.Stsd) &&
        Mp4Box.TryRead(bytes, stsd.Body + 8, stsd.End, out var entry) ? entry : null;

    private static int IndexOf(IReadOnlyList<Mp4Track> tracks, bool isVideo)
    {
        var index = tracks.TakeWhile(track => track.IsVideo != isVideo).Count();
        return index < tracks.Count ? index : -1;
    }

    private static Mp4Header? Parse(byte[] bytes, int at)
    {
        if (!Mp4Box.TryRead(bytes, at, bytes.Length, out var moov) ||
            !moov.TryFind(bytes, out var mvhd, Mp4Box.Mvhd) || !moov.TryFind(bytes, out var mvex, Mp4Box.Mvex) ||
            Mp4Fields.ReadBehindTimes(bytes, mvhd) is not (> 0 and var timescale))
        {
            return null;
        }

        var tracks = new List<Mp4Track>();
        foreach (var box in moov.Children(bytes))
        {
            if (box.Type == Mp4Box.Trak)
            {
                if (ParseTrack(bytes, box, mvex, timescale) is not { } track)
                    return null;

                tracks.Add(track);
            }
        }

        return tracks.Count == 0 ? null : new Mp4Header(bytes, at, tracks, timescale);
    }

    private static Mp4Track? ParseTrack(byte[] bytes, Mp4Box trak, Mp4Box mvex, uint movieTimescale)
    {
        if (!trak.TryFind(bytes, out var tkhd, Mp4Box.Tkhd) || !trak.TryFind(bytes, out var mdia, Mp4Box.Mdia) ||
            !mdia.TryFind(bytes, out var mdhd, Mp4Box.Mdhd) || !mdia.TryFind(bytes, out var hdlr, Mp4Box.Hdlr) ||
            !mdia.TryFind(bytes, out var stsd, Mp4Box.Minf, Mp4Box.Stbl, Mp4Box.Stsd) ||
            Mp4Fields.ReadBehindTimes(bytes, mdhd) is not (> 0 and var timescale))
        {
            return null;
        }

        var id = Mp4Fields.ReadBehindTimes(bytes, tkhd);
        var handler = new Mp4Fields(bytes, hdlr);
        handler.Skip(8);
        var isVideo = handler.UInt32() == VideoHandler;
        var (trex, duration, size, flags) = ReadDefaults(bytes, mvex, id);
        return new Mp4Track(id, timescale, isVideo, ReadDelay(bytes, trak, timescale, movieTimescale), duration, size, flags)
        {
            Entry = Mp4SampleEntry.Read(bytes, stsd, isVideo, timescale),
            Trak = trak,
            Trex = trex,
        };
    }

    private static (Mp4Box Trex, uint Duration, uint Size, uint Flags) ReadDefaults(byte[] bytes, Mp4Box mvex, uint id)
    {
        foreach (var box in mvex.Children(bytes))
        {
            var fields = new Mp4Fields(bytes, box);
            if (box.Type == Mp4Box.Trex && fields.Skip(4) && fields.UInt32() == id && fields.Skip(4))
                return (box, fields.UInt32(), fields.UInt32(), fields.UInt32());
        }

        return default;
    }

    // Entries without media (start -1) delay the track, the first one with media skips its beginning. FFmpeg writes no other edit
    // lists before fragments.
    private static long ReadDelay(byte[] bytes, Mp4Box trak, uint timescale, uint movieTimescale)
    {
        if (!trak.TryFind(bytes, out var elst, Mp4Box.Edts, Mp4Box.Elst))
            return 0;

        var fields = new Mp4Fields(bytes, elst);
        var isWide = fields.UInt32() >> 24 == 1;
        fields.Skip(4);
        for (var delay = 0L; ;)
        {
            var length = isWide ? fields.Int64() : fields.UInt32();
            var start = isWide ? fields.Int64() : (int)fields.UInt32();
            if (!fields.Skip(4))
                return delay;

            if (start >= 0)
                return delay + start;

            delay -= (long)((Int128)length * timescale / movieTimescale);
        }
    }
}

using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>Where the boxes of each track stand in the header of a fragmented MP4, which is the beginning of its file.</summary>
internal sealed class MoovPlaces
{
    private const int BoxHeader = 8;

    private readonly List<long> _tracks = [];
    private readonly List<long> _extensions = [];

    private MoovPlaces()
    {
    }

    /// <summary>Reads them from the header.</summary>
    public static MoovPlaces Of(ReadOnlySpan<byte> header)
    {
        var places = new MoovPlaces();
        places.Read(header, 0, header.Length);
        return places;
    }

    /// <summary>Offsets of the boxes that speak of a track: its description, and the defaults of its fragments.</summary>
    public IEnumerable<long> BoxesOf(int track) =>
        track < _tracks.Count && track < _extensions.Count ? [_tracks[track], _extensions[track]] : [];

    private void Read(ReadOnlySpan<byte> header, int at, int end)
    {
        while (at + BoxHeader <= end)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
            if (size < BoxHeader || size > end - at)
                return;
            var type = header.Slice(at + sizeof(int), sizeof(int));
            if (type.SequenceEqual("moov"u8) || type.SequenceEqual("mvex"u8))
                Read(header, at + BoxHeader, at + size);
            else if (type.SequenceEqual("trak"u8))
                _tracks.Add(at);
            else if (type.SequenceEqual("trex"u8))
                _extensions.Add(at);
            at += size;
        }
    }
}

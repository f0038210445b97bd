using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>The offsets of each track's boxes in the header of a fragmented MP4, which is the beginning of its file.</summary>
internal sealed class MoovBoxes
{
    private const int BoxHeader = 8;

    private readonly List<long> _tracks = [];
    private readonly List<long> _defaults = [];

    public MoovBoxes(ReadOnlySpan<byte> header) => Read(header, 0, header.Length);

    /// <summary>Returns the offsets of the boxes that describe a track: trak, and trex with the fragments' defaults.</summary>
    public IEnumerable<long> OfTrack(int track) =>
        track < _tracks.Count && track < _defaults.Count ? [_tracks[track], _defaults[track]] : [];

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
                _defaults.Add(at);
            at += size;
        }
    }
}

using System.Buffers;

namespace Recorder.FFmpeg;

/// <summary>
/// Writes the fragments (moof and mdat) of an MP4 whose header FFmpeg wrote, byte for byte as FFmpeg would. FFmpeg copies each packet into
/// a buffer that grows by reallocation, from there into its output's buffer, and that again to its owner; here each packet is copied
/// once, into the segment that goes to the disk. Reasons and figures: docs/adr/0005-fragmented-mp4-layout.md.
/// </summary>
internal sealed class FragmentWriter : IDisposable
{
    private const uint BoxHeader = 8;

    private readonly FragmentTrack[] _tracks;
    // FFmpeg numbers a file's fragments from 1.
    private uint _number = 1;

    public FragmentWriter(IEnumerable<CodecParameters> tracks) =>
        _tracks = [.. tracks.Select(track => new FragmentTrack(track.Kind == MediaKind.Video))];

    /// <summary>Whether a track's packets are in the form that an MP4 contains. FFmpeg converts those of other codecs.</summary>
    public static bool Takes(CodecParameters parameters)
    {
        using var borrowed = parameters.Borrow();
        return parameters.Codec switch
        {
            "h264" or "hevc" => ConfigurationRecord.LengthSizeOf(borrowed.ExtraData, parameters.Codec == "h264") > 0,
            "aac" or "mp3" or "opus" or "flac" => true,
            _ => false,
        };
    }

    /// <summary>Adds a packet to the current fragment.</summary>
    /// <param name="before">Bytes of the same sample that precede <paramref name="data"/>: parameter sets, or nothing.</param>
    public void Add(int track, ReadOnlySpan<byte> before, ReadOnlySpan<byte> data, in FragmentSample sample)
    {
        // An encoder's last packet may have a new codec header and no media. FFmpeg makes no sample of it either.
        if (!data.IsEmpty)
            _tracks[track].Add(before, data, sample);
    }

    /// <summary>States that a track begins after the header, which therefore has no edit list for it: its times are used as they are.</summary>
    public void StartLate(int track) => _tracks[track].Origin = 0;

    /// <summary>Writes the current fragment, if it has samples.</summary>
    public void Flush(MuxerOutput output)
    {
        if (Array.TrueForAll(_tracks, track => track.Bytes == 0))
            return;
        var length = BoxHeader + BoxWriter.HeaderLength + sizeof(uint);
        var media = 0L;
        Span<uint> lengths = stackalloc uint[_tracks.Length];
        for (var i = 0; i < _tracks.Length; i++)
        {
            lengths[i] = _tracks[i].Measure();
            length += lengths[i];
            media += _tracks[i].Bytes;
        }
        var buffer = ArrayPool<byte>.Shared.Rent((int)(length + BoxHeader));
        var boxes = new BoxWriter(buffer);
        boxes.Start(length, "moof"u8);
        boxes.Start(BoxWriter.HeaderLength + sizeof(uint), "mfhd"u8, 0);
        boxes.Number(_number++);
        var at = length + BoxHeader;
        for (var i = 0; i < _tracks.Length; i++)
        {
            _tracks[i].Describe(ref boxes, (uint)i + 1, lengths[i], at);
            at += (uint)_tracks[i].Bytes;
        }
        boxes.Start((uint)media + BoxHeader, "mdat"u8);
        output.Write(boxes.Written);
        ArrayPool<byte>.Shared.Return(buffer);
        foreach (var track in _tracks)
            track.MoveTo(output);
    }

    public void Dispose()
    {
        foreach (var track in _tracks)
            track.Drop();
    }
}

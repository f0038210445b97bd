using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>Muxes one extent: a file that plays alone and whose timestamps begin at 0.</summary>
internal sealed class ExtentMuxer : IDisposable
{
    private readonly Muxer _muxer;
    // Indexed by the number of the track in the recording.
    private readonly ExtentTrack?[] _tracks;
    private int _tracksToBegin;

    /// <param name="number">The number of the extent, from 1.</param>
    /// <param name="tracks">The tracks of the extent.</param>
    /// <param name="zero">The time of the recording at which the extent begins.</param>
    /// <exception cref="FFmpegException">The container cannot contain a track.</exception>
    public ExtentMuxer(int number, MediaContainer container, IReadOnlyList<RecordedTrack> tracks, TimeSpan zero)
    {
        Number = number;
        _muxer = new Muxer(new MuxerOptions
        {
            Format = CodecTable.MuxerName(container),
            Tracks = [.. tracks.Select(track => new MuxerTrack(track.Output, track.OutputTimeBase, track.Description.Language))],
        });
        _tracks = new ExtentTrack?[tracks.Max(track => track.Number) + 1];
        for (var index = 0; index < tracks.Count; index++)
            _tracks[tracks[index].Number] = new ExtentTrack(index, tracks[index].OutputTimeBase.FromTimeSpan(zero));

        _tracksToBegin = tracks.Count;
    }

    public int Number { get; }

    /// <summary>Bytes produced so far.</summary>
    public long Length => _muxer.Output.Position;

    /// <summary>Media bytes written since the last flush.</summary>
    public long Unflushed { get; private set; }

    /// <summary>Writes one packet, whose times are on the recording's timeline in the track's output time base.</summary>
    public void Write(RecordedTrack track, PacketBatch batch, int index, long pts, long dts, long duration)
    {
        var written = _tracks[track.Number]!;
        _muxer.Write(batch, index, written.Index, pts - written.Shift, dts - written.Shift, duration);
        Unflushed += batch[index].Size;
        if (!written.HasBegun)
        {
            written.HasBegun = true;
            if (--_tracksToBegin == 0)
                _muxer.WriteHeaderNow();
        }
    }

    /// <summary>Changes the parameters of a track whose new parameter sets are in the stream itself; the header stays.</summary>
    public void UpdateParameters(RecordedTrack track)
    {
        if (track.Number < _tracks.Length && _tracks[track.Number] is { } written)
            _muxer.SetParameters(written.Index, track.Output);
    }

    /// <summary>Writes the header without waiting for the first packet of every track.</summary>
    public void WriteHeader() => _muxer.WriteHeaderNow();

    public void Flush()
    {
        Unflushed = 0;
        _muxer.Flush();
    }

    public IReadOnlyList<MediaPatch> Finish()
    {
        _muxer.Finish();
        return _muxer.Output.TakePatches();
    }

    public MediaBytes TakePending() => _muxer.Output.TakePending();

    public void Dispose() => _muxer.Dispose();

    private sealed class ExtentTrack(int index, long shift)
    {
        public int Index => index;

        public long Shift => shift;

        public bool HasBegun { get; set; }
    }
}

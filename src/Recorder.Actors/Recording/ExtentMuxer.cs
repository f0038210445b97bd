using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>One extent being written: a file that plays alone, its timestamps from 0.</summary>
internal sealed class ExtentMuxer : IDisposable
{
    private readonly Muxer _muxer;
    private readonly long[] _shifts;
    private readonly bool[] _shown;
    private int _missing;

    /// <param name="number">From 1.</param>
    /// <param name="container">What is written.</param>
    /// <param name="tracks">All tracks.</param>
    /// <param name="zero">The recording's time that becomes the extent's zero.</param>
    /// <exception cref="FFmpegException">The container cannot hold a track.</exception>
    public ExtentMuxer(int number, MediaContainer container, IReadOnlyList<RecordedTrack> tracks, TimeSpan zero)
    {
        Number = number;
        _muxer = new Muxer(new MuxerOptions
        {
            Format = MediaSupport.MuxerName(container),
            Tracks = [.. tracks.Select(track => new MuxerTrack(track.Output, track.OutputTimeBase, track.Description.Language))],
        });
        _shifts = [.. tracks.Select(track => track.OutputTimeBase.FromTimeSpan(zero))];
        _shown = new bool[tracks.Count];
        _missing = tracks.Count;
    }

    public int Number { get; }

    /// <summary>Bytes put out so far.</summary>
    public long Length => _muxer.Output.Position;

    /// <summary>Media bytes written since the last flush.</summary>
    public long Unflushed { get; private set; }

    /// <summary>Writes one packet, its times counted on the recording's timeline in the track's output time base.</summary>
    public void Write(RecordedTrack track, PacketBatch batch, int index, long pts, long dts, long duration)
    {
        var shift = _shifts[track.Number];
        _muxer.Write(batch, index, track.Number, pts - shift, dts - shift, duration);
        Unflushed += batch[index].Size;
        if (!_shown[track.Number])
        {
            _shown[track.Number] = true;
            if (--_missing == 0)
            {
                _muxer.WriteHeaderNow();
            }
        }
    }

    /// <summary>No longer waits for the first packet of every track: the header goes out.</summary>
    public void WriteHeader() => _muxer.WriteHeaderNow();

    /// <summary>Closes the fragment.</summary>
    public void Flush()
    {
        Unflushed = 0;
        _muxer.Flush();
    }

    /// <summary>Completes the file.</summary>
    public IReadOnlyList<MediaPatch> Finish()
    {
        _muxer.Finish();
        return _muxer.Output.TakePatches();
    }

    public MediaBytes TakePending() => _muxer.Output.TakePending();

    public void Dispose() => _muxer.Dispose();
}

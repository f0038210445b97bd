using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>One extent being written: a file that plays alone, its timestamps from 0.</summary>
internal sealed class ExtentMuxer : IDisposable
{
    private readonly Muxer _muxer;
    // By the numbers of the recording's tracks: asked for each packet.
    private readonly Place?[] _places;
    private int _missing;

    /// <param name="number">From 1.</param>
    /// <param name="container">What is written.</param>
    /// <param name="tracks">Those that it has.</param>
    /// <param name="zero">The recording's time that becomes the extent's zero.</param>
    /// <exception cref="FFmpegException">The container cannot hold a track.</exception>
    public ExtentMuxer(int number, MediaContainer container, IReadOnlyList<RecordedTrack> tracks, TimeSpan zero)
    {
        Number = number;
        _muxer = new Muxer(new MuxerOptions
        {
            Format = CodecTable.MuxerName(container),
            Tracks = [.. tracks.Select(track => new MuxerTrack(track.Output, track.OutputTimeBase, track.Description.Language))],
        });
        _places = new Place?[tracks.Max(track => track.Number) + 1];
        for (var index = 0; index < tracks.Count; index++)
        {
            _places[tracks[index].Number] = new Place(index, tracks[index].OutputTimeBase.FromTimeSpan(zero));
        }

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
        var place = _places[track.Number]!;
        _muxer.Write(batch, index, place.Index, pts - place.Shift, dts - place.Shift, duration);
        Unflushed += batch[index].Size;
        if (!place.IsShown)
        {
            place.IsShown = true;
            if (--_missing == 0)
            {
                _muxer.WriteHeaderNow();
            }
        }
    }

    /// <summary>What follows of a track is made with other parameters than the header says, which stand in the stream itself.</summary>
    public void UpdateParameters(RecordedTrack track)
    {
        if (track.Number < _places.Length && _places[track.Number] is { } place)
        {
            _muxer.SetParameters(place.Index, track.Output);
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

    private sealed class Place(int index, long shift)
    {
        public int Index => index;

        public long Shift => shift;

        public bool IsShown { get; set; }
    }
}

using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>One extent being written: a file that plays alone, its timestamps from 0.</summary>
internal sealed class ExtentMuxer : IDisposable
{
    private readonly Muxer _muxer;
    private readonly List<Place> _places;
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
            Format = MediaSupport.MuxerName(container),
            Tracks = [.. tracks.Select(track => new MuxerTrack(track.Output, track.OutputTimeBase, track.Description.Language))],
        });
        _places = [.. tracks.Select(track => new Place(track, track.OutputTimeBase.FromTimeSpan(zero)))];
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
        var number = PlaceOf(track);
        var place = _places[number];
        _muxer.Write(batch, index, number, pts - place.Shift, dts - place.Shift, duration);
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
        if (PlaceOf(track) is >= 0 and var place)
        {
            _muxer.SetParameters(place, track.Output);
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

    private int PlaceOf(RecordedTrack track) => _places.FindIndex(place => place.Track == track);

    private sealed class Place(RecordedTrack track, long shift)
    {
        public RecordedTrack Track => track;

        public long Shift => shift;

        public bool IsShown { get; set; }
    }
}

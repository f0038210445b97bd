using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <param name="Number">Counts the frames of a recording from 0, in the order in which they are shown.</param>
/// <param name="Shown">When it is shown, on the recording's timeline.</param>
/// <param name="Extent">The extent that it is in.</param>
internal readonly record struct NumberedFrame(long Number, TimeSpan Shown, Extent Extent);

/// <summary>
/// Finds the frames of a recording by number or time. Of a few fragments the headers are read again, because the maps only count their frames; media
/// is not read. Reading may block.
/// </summary>
internal sealed class FrameNumbers
{
    // Times that were rounded on their way here still mean the frame.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private readonly List<Place> _places;
    private readonly long[] _before;

    private FrameNumbers(List<Place> places, long[] before) => (_places, _before) = (places, before);

    public long Count => _before[^1];

    /// <param name="parts">The extents on one timeline, without overlaps.</param>
    /// <returns>Null when there is no video, or another node's map does not say how many frames there are.</returns>
    public static FrameNumbers? Of(IReadOnlyList<ExtentPart> parts)
    {
        var places = new List<Place>();
        foreach (var part in parts.Where(part => part.Header.Tracks[part.Header.Reference].IsVideo))
        {
            for (var fragment = part.First; fragment < part.Count; fragment++)
            {
                if (part.Map.Run(fragment, part.Header.Reference) is { Exists: true } run)
                    places.Add(new Place(part, fragment, run.Samples));
            }
        }

        if (places.Count == 0 || places.Exists(place => place.Frames == 0))
            return null;

        var before = new long[places.Count + 1];
        for (var i = 0; i < places.Count; i++)
            before[i + 1] = before[i] + places[i].Frames;

        return new FrameNumbers(places, before);
    }

    /// <summary>Finds the frame that is shown at a time: the last one that is shown at or before it; null before the first.</summary>
    public NumberedFrame? At(TimeSpan time)
    {
        var latest = time + Tolerance;
        var behind = FragmentMap.Search(_places.Count, index => _places[index].Begin > latest);
        NumberedFrame? found = null;
        foreach (var frame in Around(Math.Max(0, behind - 1)))
        {
            if (frame.Shown <= latest)
                found = frame;
        }

        return found;
    }

    /// <summary>Finds a frame; null when there are fewer.</summary>
    public NumberedFrame? Find(long number)
    {
        if (number < 0 || number >= Count)
            return null;

        var behind = FragmentMap.Search(_places.Count, index => _before[index] > number);
        return Around(behind - 1).First(frame => frame.Number == number);
    }

    /// <summary>How many frames are shown before a time.</summary>
    public long CountBefore(TimeSpan time) => At(time - Tolerance - TimeSpan.FromTicks(1)) is { } last ? last.Number + 1 : 0;

    // With B-frames a fragment within a GOP shows frames before those of the fragment before it.
    private IEnumerable<NumberedFrame> Around(int place)
    {
        var first = Math.Max(0, place - 1);
        var frames = new List<(TimeSpan Shown, Extent Extent)>();
        for (var index = first; index <= Math.Min(place + 1, _places.Count - 1); index++)
            frames.AddRange(_places[index].ReadTimes().Select(shown => (shown, _places[index].Part.Extent)));

        return frames.OrderBy(frame => frame.Shown).Select((frame, index) => new NumberedFrame(_before[first] + index, frame.Shown, frame.Extent));
    }

    private readonly record struct Place(ExtentPart Part, int Fragment, int Frames)
    {
        public TimeSpan Begin => Part.TimeOf(Fragment);

        /// <exception cref="IOException">The file is gone, or damaged.</exception>
        public List<TimeSpan> ReadTimes()
        {
            var fragment = Part.Map[Fragment];
            var moof = new byte[fragment.HeaderLength];
            using var file = Part.Source.Open();
            for (var filled = 0; filled < moof.Length;)
            {
                var read = file.Read(moof.AsSpan(filled), fragment.Offset + filled);
                filled += read > 0 ? read : throw new EndOfStreamException($"'{Part.Extent.Path}' ends within a fragment.");
            }

            return TimesIn(moof);
        }

        private List<TimeSpan> TimesIn(ReadOnlySpan<byte> moof)
        {
            var times = new List<TimeSpan>(Frames);
            var header = Part.Header;
            var track = header.Tracks[header.Reference];
            var fragments = MoofReader.BoxOf(moof).Children(moof);
            while (fragments.MoveNext())
            {
                if (fragments.Current.Type != Mp4Box.Traf || !TrackFragment.TryRead(moof, fragments.Current, header, out var traf) || traf.Track != header.Reference)
                    continue;

                var decoded = traf.Start;
                var runs = traf.Box.Children(moof);
                while (runs.MoveNext())
                {
                    if (runs.Current.Type != Mp4Box.Trun)
                        continue;

                    var samples = new SampleRun(moof, runs.Current, traf);
                    while (samples.MoveNext())
                    {
                        times.Add(Part.Zero + Mp4Time.ToTime(decoded + samples.Current.CompositionOffset - track.Delay, track.Timescale));
                        decoded += samples.Current.Duration;
                    }
                }
            }

            return times;
        }
    }
}
